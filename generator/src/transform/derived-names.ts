import type { NamedType } from "../contract/contract.js";
import { isTakenType } from "./names.js";
import { type NameClaim, settleNames } from "./settle-names.js";

/**
 * The constants of types in `schemas.ts` that are not called as the type with `Schema` or `Definition` behind it, because
 * something else is.
 *
 * @param others names that are none of the types', and taken as well
 */
export function derivedConstants(
  types: ReadonlySet<string>,
  others: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Pick<NamedType, "schemaName" | "definitionName">> {
  const names = [...types];
  const isTaken = (name: string): boolean => types.has(name) || others.has(name) || isTakenType(name);
  const claims = ["Schema", "Definition"].flatMap((kind) => names.map((type) => claim(type, kind)));
  const settled = settleNames(claims, isTaken);
  return new Map(
    names.map((type, index) => {
      const [schema = "", definition = ""] = [settled[index], settled[names.length + index]];
      return [
        type,
        {
          ...(schema === `${type}Schema` ? {} : { schemaName: schema }),
          ...(definition === `${type}Definition` ? {} : { definitionName: definition }),
        },
      ];
    }),
  );
}

const claim = (type: string, kind: string): NameClaim => ({
  rank: 0,
  candidates: [{ name: `${type}${kind}` }, { name: `${type}Json${kind}` }, { name: `${type}_${kind}` }],
});
