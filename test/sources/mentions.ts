/**
 * What the comments of a source mention: identifiers, which stand in backticks, are the target of a `{@link}` or look
 * like nothing else, such as camelCase; members of them; and source files.
 */
import { tokensOf } from "./scanner.ts";

export interface Mention {
  /** The parts of `Diagnostic.format`, of which each is a name; or one path of a file. */
  readonly path: readonly string[];
  readonly isFile: boolean;
  readonly line: number;
}

/** Words with a capital inside, and words joined by underscores. */
const NAME = /(?<![\w$.-])(?:[a-z][a-z0-9]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|[A-Za-z]\w*_\w+)(?![\w-])/g;

/** In backticks: a name, a path of names, a call. Anything else there is an expression or text of another language. */
const PATH = /^(?:new )?#?[A-Za-z_$][\w$]*(?:(?:\.|::|->)#?[A-Za-z_$][\w$]*)*(?:\(\))?$/;

/** Sources that the repository has; a header may be anybody's. */
const SOURCE_FILE = /(?<![\w./])[\w./-]+\.(?:ts|mjs|cc)\b/g;

const NO_NAMES = /https?:\S+|<[\w/.-]+>|[\w./-]*\/[\w./-]+|\b[\w.-]+\.(?:h|cc|c|ts|mjs|js|so|py|json|gz)\b|"[^"]*"/g;

/** An example, or an instruction to a tool. */
const NO_PROSE = /^\s*(?:\/\/|\/?\*+)? {4,}|^\s*\/[/*]+\s*(?:biome-ignore|@ts-|clang-format)/;

export function mentionsIn(source: string): Mention[] {
  return tokensOf(source)
    .filter(({ kind }) => kind === "comment")
    .flatMap(({ text, line }) =>
      text.split("\n").flatMap((part, index) => mentionsOf(part).map((found) => ({ ...found, line: line + index }))),
    );
}

function mentionsOf(text: string): Omit<Mention, "line">[] {
  if (NO_PROSE.test(text)) return [];
  const paths: string[][] = [];
  const take = (path: string) => {
    paths.push(
      path
        .replace(/^new /, "")
        .split(/\W+/)
        .filter((name) => name !== ""),
    );
    return " ";
  };
  const files = [...text.matchAll(SOURCE_FILE)].map(([file]) => ({ path: [file], isFile: true }));
  text
    .replaceAll(/\{@link ([^}\s]+)[^}]*\}/g, (_, target: string) => take(target))
    .replaceAll(/`([^`]+)`/g, (_, inner: string) =>
      PATH.test(inner) && inner.search(NO_NAMES) === -1 ? take(inner) : ` ${inner} `,
    )
    .replaceAll(NO_NAMES, " ")
    .replaceAll(NAME, take);
  return [...paths.map((path) => ({ path, isFile: false })), ...files];
}

/** All that a source names: the words of its code, and those in its strings and templates, which may be code, too. */
export function wordsOf(source: string): string[] {
  return tokensOf(source).flatMap(({ kind, text }) => {
    if (kind === "comment") return [];
    if (kind === "word") return [text.replace(/^[#@]/, "")];
    return text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  });
}
