/** Every libclang that is installed makes the same modules. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { skipWithoutHeader } from "./header-sets.ts";
import { file } from "./support.ts";

/**
 * What libclangs say different things of: what has no name, what typedefs name, and what they give an elaborated type.
 */
const unnamed = `
#include <wchar.h>
typedef struct { int x; struct { int y; } inner; } only_typedef;
typedef struct tagged { int x; } tagged, *tagged_p;
typedef enum { FIRST, SECOND = 7 } only_enum;
typedef enum shade { DARK } shade_t;
enum { LOOSE = 3 };
typedef union { int i; float f; } only_union;
struct ev { int type; union { int key; float axis; }; union { long stamp; double when; }; struct { int a; } named[2]; };
struct bits { unsigned a : 3; unsigned : 4; int b : 9; enum shade c : 2; enum { HERE, THERE } place; };
typedef const wchar_t *wide;
wide show(const wchar_t *text, const only_typedef *value, enum shade shade, shade_t other, const tagged_p point);
only_enum pick(struct { int a; } *unnamed, int (*call)(only_union *, size_t));
void listed(struct in_list { int a; } *one, enum in_list_too { LISTED = 4 } two, void (*call)(struct deeper { int b; } *));
typedef void (*listing)(enum deeper_too { DEEPER = 5 } one, enum { NAMELESS } two);
struct lists { void (*call)(struct deepest { int c; } *); };
typedef int realigned __attribute__((aligned(16)));
typedef realigned realigned_too;
struct of_realigned { char c; realigned i; };
#define CALLS undeclared(1)
#define HIDDEN __attribute__((visibility("hidden")))
`;

const HEADERS = [
  ...["zlib.h", "sqlite3.h", "X11/Xlib.h", "curl/curl.h", "libxml/parser.h", "unicode/ustring.h", "elf.h", "netdb.h"],
  ...[
    "string.h",
    "stdlib.h",
    "time.h",
    "sys/resource.h",
    "signal.h",
    "linux/bpf.h",
    "linux/perf_event.h",
    "linux/videodev2.h",
  ],
];

const includeDirs = ["/usr/include/libxml2"];

/** The versions below /usr/lib which have their headers, by the files of their libraries. */
const versions = readdirSync("/usr/lib").flatMap((name) => {
  const version = /^llvm-(\d+)$/.exec(name)?.[1];
  const lib = `/usr/lib/${name}/lib`;
  if (version === undefined || !existsSync(`${lib}/clang`)) return [];
  const library = readdirSync(lib).find((entry) => /^libclang-\d+\.so\.\d+$/.test(entry));
  return library === undefined ? [] : [{ version: Number(version), library: `${lib}/${library}` }];
});
versions.sort((a, b) => a.version - b.version);

const skip = versions.length < 2 && `there are not two versions of libclang to compare, but ${versions.length}`;

test("every libclang that is installed makes the same modules", { skip }, (context) => {
  const headers = [
    file("unnamed.h", unnamed),
    ...HEADERS.filter((name) => !skipWithoutHeader({ headers: [name], includeDirs })),
  ];
  assert.ok(headers.length >= 10, `only ${headers.join(", ")} are installed`);
  const program = `
    import { generate } from "ctypes-configure";
    const made = ${JSON.stringify(headers)}.map((header) => {
      const { text, skipped } = generate({ headers: [header], includeDirs: ${JSON.stringify(includeDirs)} });
      return text + skipped.map(({ name, reason, place }) => name + ": " + reason + ": " + place).join("\\n");
    });
    console.log(JSON.stringify(made));`;
  const made = versions.map(({ version, library }) => {
    const env = { ...process.env, LIBCLANG: library };
    const args = ["--input-type=module", "--eval", program];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: import.meta.dirname,
      env,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    assert.equal(status, 0, `libclang ${version}: ${stderr}`);
    return { version, texts: JSON.parse(stdout) as string[] };
  });
  const [first, ...others] = made;
  for (const { version, texts } of others) {
    for (const [i, header] of headers.entries()) {
      const [theirs, ours] = [first?.texts[i]?.split("\n") ?? [], texts[i]?.split("\n") ?? []];
      const line = theirs.findIndex((text, at) => text !== ours[at]);
      assert.equal(ours[line], theirs[line], `${header}: line ${line + 1} by libclang ${version}`);
      assert.equal(ours.length, theirs.length);
    }
  }
  assert.match(first?.texts[0] ?? "", /export class only_typedef_inner extends/);
  context.diagnostic(`compared ${headers.length} headers by libclang ${versions.map((one) => one.version).join(", ")}`);
});
