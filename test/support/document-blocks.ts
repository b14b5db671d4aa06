/** The fenced blocks of a Markdown document, in the order of reading. */
export interface Block {
  readonly language: string;
  /** The file that the first line names, in a comment. */
  readonly file: string | undefined;
  readonly text: string;
}

export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => {
    const named = /^(?:\/\/|#|\/\*) ([\w./-]+\.(?:ts|ya?ml|css))(?: \*\/)?$/.exec(text.split("\n", 1)[0] ?? "");
    return { language, file: named?.[1], text };
  });
}

/** The compiler options that the programs of documents are held to. */
export const strictest = {
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
};
