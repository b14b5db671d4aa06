import { isIdentifier, quote } from "../print/literal.js";

/** A function that a service has to offer, or a group of them: an operation with several messages. */
export interface Stub {
  readonly name: string;
  /** What an unwritten one says that it is: `restaurant.createTicket`. */
  readonly id: string;
  /** Stands for the types of the function. */
  readonly signature?: string;
  readonly members?: readonly Stub[];
}

/** The functions themselves, without the groups they stand in. */
export const functionsOf = (stubs: readonly Stub[]): readonly Stub[] => stubs.flatMap((stub) => stub.members ?? stub);

/** A file of stubs, as it is written the first time. */
export function newStubFile(type: string, from: string, stubs: readonly Stub[]): string {
  return `import { notImplemented } from "@sagaspec/runtime";
import type { ${type} } from ${quote(from)};

export const handlers: ${type} = {
${stubs.map((stub) => objectMember(stub, "  ")).join("\n\n")}
};
`;
}

/** A stub as a member of an object, with the comma behind it. */
export const objectMember = (stub: Stub, margin: string): string => `${member(stub, margin, ":")},`;

/** A stub as a member of a class. */
export const classMember = (stub: Stub, margin: string): string =>
  member(stub, margin, " =") + (stub.members ? ";" : "");

function member(stub: Stub, margin: string, assign: string): string {
  const name = isIdentifier(stub.name) ? stub.name : quote(stub.name);
  if (!stub.members) return `${margin}${name}() {\n${margin}  return notImplemented(${quote(stub.id)});\n${margin}}`;
  const members = stub.members.map((one) => objectMember(one, `${margin}  `));
  return `${margin}${name}${assign} {\n${members.join("\n")}\n${margin}}`;
}
