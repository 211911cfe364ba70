/**
 * Comments speak of what exists: a name in a comment is one of the code's, or one of another program's that is listed
 * here; a source file is there.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, trackedFiles } from "./sources/files.ts";
import { mentionsIn, wordsOf } from "./sources/mentions.ts";

const SOURCES =
  /^(?:packages\/[^/]+\/src|packages\/rawffi\/(?:native|v8)|scripts|examples|bench|apps)\/.*\.(?:ts|mjs|cc|h)$/;

/** Comments there are those of a C header. */
const GENERATED = /\/generated\//;

/** Names that the code itself does not use, by where they are from. */
const OUTSIDE: Readonly<Record<string, string>> = {
  "C's language and library": "_Alignas jmp_buf off_t strerror_r terminate runtime_error SIG_ERR",
  "names that C's headers and libraries have within": "__size_t __xpg_strerror_r u_strToUpper u_strToUpper_72",
  "Linux and its tools": "MAP_FIXED MFD_CLOEXEC",
  "gcc's attributes, functions of its source, and its library": "ms_struct place_field GCC_3",
  libffi: "ffi_arg",
  "Windows' interface, its headers and its compilers":
    "UWOP_SET_FPREG UWOP_PUSH_NONVOL ERROR_DYNAMIC_CODE_BLOCKED EnumProcessModules __chkstk LoadLibraryEx " +
    "LOAD_LIBRARY_SEARCH_DEFAULT_DIRS LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR",
  "SQLite's interface and source":
    "sqlite3_blob sqlite3_changeset_iter sqlite3_prepare sqlite3_session sqlite3SchemaToIndex ppDb " +
    "SQLITE_LIMIT_ SQLITE_STMTSTATUS_",
  "libclang's interface":
    "CXTokenKind CX_StorageClass CX_CXXAccessSpecifier CXCursor_ExceptionSpecificationKind CXChildVisit_Continue " +
    "CXVisit_Continue",
  "libgit2 and libxml2, as examples": "git_path git_open git_buf xmlFree xmlFreeFunc",
  "V8's interface and source": "StackGuard kInterruptLimit napi_generic_failure",
  "JavaScript, Node and the web's platform":
    "AsyncLocalStorage CommonJS WebAssembly Worker postMessage structuredClone",
  "WebGL's interface and shading language": "WebIDL ImageData gl_VertexID gl_InstanceID",
  "npm's manifest": "sideEffects",
  koffi: "_Out_",
  "Python's ctypes and library": "PathLike OSError c_int_be",
  "instructions, their parts and processors": "ModRM PowerPC movk movz",
  "systems and products": "OpenSSL",
  units: "KiB MiB",
  "columns, members, variants and classes of examples":
    "Point3D Rect topLeft created outer_member stat_st_mtim _Cursor _Shape",
  "names that the code composes": "RAWFFI_OUTER_STACK",
};

/** Names in compiled source, a letter and a number, which the code composes. */
const NUMBERED = /^[a-z]\d$/;

/** Files of examples, and of what a user makes. */
const OUTSIDE_FILES = ["./x11.ts", "x11.ts", "Xlib.ts", ".test.ts"];

const outside = new Set(Object.values(OUTSIDE).flatMap((names) => names.split(" ")));
const tracked = trackedFiles(/./);
const sources = new Map(
  tracked.filter((file) => SOURCES.test(file)).map((file) => [file, readFileSync(join(root, file), "utf8")]),
);
const wordsIn = new Map([...sources].map(([file, source]) => [file, new Set(wordsOf(source))]));
const words = new Set([...wordsIn.values()].flatMap((some) => [...some]));
const mentions = [...sources].flatMap(([file, source]) =>
  GENERATED.test(file) ? [] : mentionsIn(source).map((mention) => ({ ...mention, file })),
);

test("names in comments exist", () => {
  assert.ok(mentions.length > 2000, `only ${mentions.length} found`);
  const unknown = mentions.flatMap(({ path, isFile, file, line }) =>
    isFile
      ? []
      : path
          .filter((name) => !words.has(name) && !outside.has(name) && !NUMBERED.test(name))
          .map((name) => `${file}:${line}: ${name}: exists nowhere in the code`),
  );
  assert.deepEqual(unknown, []);
});

test("members that comments name stand where their class or interface is declared", () => {
  const declarations = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const [, name] of source.matchAll(
      /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|struct) (\w+)/gm,
    )) {
      declarations.set(name as string, [...(declarations.get(name as string) ?? []), file]);
    }
  }
  const wrong = mentions.flatMap(({ path: [owner, member], isFile, file, line }) => {
    const files = declarations.get(owner as string);
    if (isFile || member === undefined || files === undefined) return [];
    return files.some((declaring) => wordsIn.get(declaring)?.has(member))
      ? []
      : [`${file}:${line}: ${owner}.${member}`];
  });
  assert.deepEqual(wrong, []);
});

test("source files that comments name exist", () => {
  const missing = mentions.filter(
    ({ path: [path = ""], isFile }) =>
      isFile &&
      !OUTSIDE_FILES.includes(path) &&
      !tracked.some((file) => `/${file}`.endsWith(`/${path.replace(/^(?:\.\.?\/)+/, "")}`)),
  );
  assert.deepEqual(
    missing.map(({ file, line, path }) => `${file}:${line}: ${path[0]}`),
    [],
  );
});

test("every name that is listed as another program's is mentioned, and is not the code's own", () => {
  const mentioned = new Set(mentions.flatMap(({ path }) => path));
  assert.deepEqual(
    [...outside].filter((name) => words.has(name) || !mentioned.has(name)),
    [],
  );
  assert.deepEqual(
    OUTSIDE_FILES.filter((name) => !mentioned.has(name)),
    [],
  );
});

test("what counts as a mention, on a made-up source", () => {
  const source = [
    "// A plain Word, camelCase, PascalCase and snake_case; UPPER and `lower`, `Owner.member()`, `a + bitOffset`.",
    "/**",
    " * See {@link RawFFI.enter} and `calls/call.ts`; <sys/mman.h>, sqlite3.h and https://example.org/somePage are none.",
    " *",
    " *     anExample(here);",
    " */",
    'const noComment = "// inAString" + `// inATemplate`;',
  ].join("\n");
  assert.deepEqual(
    mentionsIn(source)
      .map(({ path, line }) => `${line} ${path.join(".")}`)
      .sort(),
    [
      "1 Owner.member",
      "1 PascalCase",
      "1 bitOffset",
      "1 camelCase",
      "1 lower",
      "1 snake_case",
      "3 RawFFI.enter",
      "3 calls/call.ts",
    ],
  );
  assert.deepEqual(wordsOf(source), ["const", "noComment", "inAString", "inATemplate"]);
});
