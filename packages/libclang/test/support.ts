/** What the tests of libclang share: parsing texts, finding cursors, and whether there is a libclang at all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { find_library } from "ctypes-js/util";
import { Config, type Cursor, type CursorKind, Index, TranslationUnit } from "ctypes-libclang";

// Versions differ in spellings and in kinds of types; the expectations here, and Python's cindex, are those of 14.
const expected = find_library("clang-14");
if (expected !== null && !process.env.LIBCLANG) Config.set_library_file(expected);

export const skip = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

/** Parses a text; its language is C, "cpp" or "objc". */
export function parsed(
  source: string,
  language: "c" | "cpp" | "objc" = "c",
  args: readonly string[] = [],
  options = 0,
): TranslationUnit {
  const name = { c: "t.c", cpp: "t.cpp", objc: "t.m" }[language];
  const standard = language === "cpp" ? ["-std=c++11"] : [];
  return TranslationUnit.from_source(name, [...standard, ...args], [[name, source]], options, Index.create());
}

/** The first cursor of that spelling below the unit. */
export function find(unit: TranslationUnit, spelling: string, kind?: CursorKind): Cursor {
  for (const cursor of unit.cursor.walk_preorder()) {
    if (cursor.spelling === spelling && (kind === undefined || cursor.kind === kind)) return cursor;
  }
  throw new Error(`there is no cursor ${spelling}`);
}

/** All of that spelling. */
export function findAll(unit: TranslationUnit, spelling: string): Cursor[] {
  return [...unit.cursor.walk_preorder()].filter((cursor) => cursor.spelling === spelling);
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(`${tmpdir()}/libclang-test-`);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
