import type { Contract, Operation, Plugin } from "@sagaspec/cli";

/**
 * A plugin is a function from contracts to files. This one writes `operations.md`: what every service receives and
 * sends, in one table.
 * @example export default defineConfig({ documents: ["specs/*.yaml"], plugins: [operationsTable] });
 */
export const operationsTable: Plugin = {
  name: "operations-table",
  emit: (contracts) => [{ path: "operations.md", content: `${[...head, ...contracts.flatMap(rows)].join("\n")}\n` }],
};

const head = ["| operation | action | address | answer | about |", "|---|---|---|---|---|"];

const rows = (contract: Contract): readonly string[] =>
  contract.operations.map((operation) => {
    const { address } = contract.channels.find(({ key }) => key === operation.channel) ?? {};
    const cells = [operation.id, operation.action, address ?? "", answer(operation), operation.summary ?? ""];
    return `| ${cells.map(cell).join(" | ")} |`;
  });

const answer = ({ reply }: Operation): string =>
  reply ? [...reply.success, ...reply.failure.map((name) => `${name} (failure)`)].join(", ") || "empty" : "";

const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
