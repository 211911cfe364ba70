/**
 * The 72 structures and unions of `generated-table.ts`, compared with what gcc makes of them: a C program written here
 * prints sizes, and the bytes after each member was set to each of a few values.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  alignment,
  bits,
  buffer_info,
  c_byte,
  c_int,
  c_int8,
  c_int16,
  c_int32,
  c_int64,
  c_short,
  c_ubyte,
  c_uint,
  c_uint8,
  c_uint16,
  c_uint32,
  c_uint64,
  c_ulonglong,
  c_ushort,
  type Fields,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { temporaryFolder } from "./compile.ts";
import { type Checked, checkFields, fieldOf } from "./field-check.ts";
import { anonymous, type Listed, readTable } from "./generated-table.ts";
import { bytesOf, hexOf } from "./memory.ts";
import { row } from "./row.ts";
import { isWindows } from "./support.ts";

const values = [-1n, 1n, 0xae7596dbn, 0n];
/** What fills the memory before a member is set: its neighbours must stay. */
const backgrounds = [0x00, 0xff];

const table = readTable();

// -- The classes -----------------------------------------------------------------------------------

type Class = Checked & TypeOf & { from_buffer_copy(bytes: Uint8Array): Record<string, unknown> };

const types = new Map<string, unknown>(
  Object.entries({
    int: c_int,
    "unsigned int": c_uint,
    short: c_short,
    "unsigned short": c_ushort,
    "signed char": c_byte,
    "unsigned char": c_ubyte,
    "unsigned long long": c_ulonglong,
    int8_t: c_int8,
    uint8_t: c_uint8,
    int16_t: c_int16,
    uint16_t: c_uint16,
    int32_t: c_int32,
    uint32_t: c_uint32,
    int64_t: c_int64,
    uint64_t: c_uint64,
  }),
);

function classOf({ name, isUnion, isMs, pack, members }: Listed): Class {
  const fields = members.map((member) => {
    const type = types.get(member.type);
    assert.ok(type !== undefined, `${name}.${member.name}: there is no type ${member.type}`);
    return [member.name, member.width === undefined ? type : bits(type as typeof c_int, member.width)];
  });
  const options = {
    layout: isMs ? ("ms" as const) : ("gcc-sysv" as const),
    ...(pack > 0 && { pack }),
    ...(anonymous[name] && { anonymous: anonymous[name] as never }),
  };
  const base = isUnion ? Union : Structure;
  class Made extends base(Object.fromEntries(fields) as Fields, options) {}
  Object.defineProperty(Made, "name", { value: name });
  return Made as unknown as Class;
}

// -- Leaves: members that are integers, however deep -----------------------------------------------

interface Leaf {
  readonly path: readonly string[];
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly byteSize: number;
}

function leavesOf(listed: Listed, outer: readonly string[] = [], start = 0): Leaf[] {
  return listed.members.flatMap((member) => {
    const path = [...outer, member.name];
    const offset = start + member.offset;
    const nested = table.find(({ name }) => name === member.type);
    if (nested !== undefined) return leavesOf(nested, path, offset);
    const byteSize = sizeof(types.get(member.type) as TypeOf);
    return [{ path, offset, byteSize, bitOffset: member.bitOffset, bitSize: member.width ?? 8 * byteSize }];
  });
}

/** The object that has the last member of a path. */
function holder(object: object, path: readonly string[]): Record<string, unknown> {
  const holders = path.slice(0, -1);
  return holders.reduce<object>((at, name) => (at as Record<string, object>)[name]!, object) as Record<string, unknown>;
}

// -- C ---------------------------------------------------------------------------------------------

/** Where Microsoft's layout is the usual one. */
const USUAL = isWindows ? "__attribute__((gcc_struct)) " : "";

function declarationOf({ name, isUnion, isMs, pack, members }: Listed): string {
  const lines = members.map(({ name, type, width }) => `  ${type} ${name}${width === undefined ? "" : ` : ${width}`};`);
  const body = `typedef ${isUnion ? "union" : "struct"} ${isMs ? "__attribute__((ms_struct)) " : USUAL}{\n${lines.join("\n")}\n} ${name};`;
  return pack === 0 ? body : `#pragma pack(push, ${pack})\n${body}\n#pragma pack(pop)`;
}

function printerOf(listed: Listed): string {
  const { name } = listed;
  const sets = leavesOf(listed).map((leaf) => `  SET(${name}, ${leaf.path.join(".")})`);
  return [
    `static void print_${name}(void) {`,
    `  printf("${name} %zu %zu\\n", sizeof(${name}), _Alignof(${name}));`,
    ...sets,
    "}",
  ].join("\n");
}

function programOf(listed: readonly Listed[]): string {
  return `#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const long long values[] = {${values.map((value) => `${value}LL`).join(", ")}};
static const int backgrounds[] = {${backgrounds.join(", ")}};

#define SET(type, path)                                                        \\
  for (int b = 0; b < ${backgrounds.length}; b++)                                                \\
    for (int v = 0; v < ${values.length}; v++) {                                               \\
      type object;                                                             \\
      memset(&object, backgrounds[b], sizeof object);                          \\
      object.path = values[v];                                                 \\
      printf("%s.%s %d %d ", #type, #path, b, v);                              \\
      const unsigned char *bytes = (const unsigned char *)&object;             \\
      for (size_t i = 0; i < sizeof object; i++) printf("%02x", bytes[i]);     \\
      printf("\\n");                                                            \\
    }

${listed.map(declarationOf).join("\n\n")}

${listed.map(printerOf).join("\n\n")}

int main(void) {
${listed.map(({ name }) => `  print_${name}();`).join("\n")}
  return 0;
}
`;
}

/** What the program says, by what stands before the last blank but one or the last. */
function askC(listed: readonly Listed[]): Map<string, string> {
  const folder = temporaryFolder();
  const [source, program] = [join(folder, "generated.c"), join(folder, "generated")];
  writeFileSync(source, programOf(listed));
  // Without optimisation: a compiler may overwrite padding, and with it our background.
  execFileSync("gcc", ["-O0", "-w", "-o", program, source], { stdio: ["ignore", "pipe", "pipe"] });
  const lines = execFileSync(program, { encoding: "utf8" }).trim().split("\n");
  const answers = new Map<string, string>();
  for (const line of lines) {
    const words = line.split(" ");
    if (words.length === 3) answers.set(words[0]!, `${words[1]} ${words[2]}`);
    else answers.set(words.slice(0, 3).join(" "), words[3]!);
  }
  return answers;
}

// -- The row ---------------------------------------------------------------------------------------

row("test_generated_structs.py", "GeneratedTest", "test_generated_data", async (t) => {
  const hasMs = ["x64", "ia32", "ppc64"].includes(process.arch);
  const usable = table.filter(({ isMs }) => hasMs || !isMs);
  for (const listed of usable) types.set(listed.name, classOf(listed));
  const answers = askC(usable);
  assert.equal(table.length, 73, "72, and one that is used only");
  for (const listed of usable) await check(t, listed, answers);
});

async function check(t: TestContext, listed: Listed, answers: ReadonlyMap<string, string>): Promise<void> {
  const type = types.get(listed.name) as Class;
  await t.test(listed.name, () => {
    checkLayout(listed, type, answers);
    for (const leaf of leavesOf(listed)) {
      for (const [b, background] of backgrounds.entries()) {
        for (const [v, value] of values.entries()) {
          const image = answers.get(`${listed.name}.${leaf.path.join(".")} ${b} ${v}`);
          assert.ok(image !== undefined, `C says nothing of ${leaf.path.join(".")}`);
          checkLeaf(listed, type, leaf, background, value, image);
        }
      }
    }
  });
}

function checkLayout(listed: Listed, type: Class, answers: ReadonlyMap<string, string>): void {
  const { name, isUnion, size, align, format, members } = listed;
  checkFields(type, { isUnion, anonymous: anonymous[name] ?? [] });
  assert.equal(`${sizeof(type)} ${alignment(type)}`, answers.get(name), `${name}: size and alignment as in C`);
  assert.equal(`${sizeof(type)} ${alignment(type)}`, `${size} ${align}`, `${name}: size and alignment as listed`);
  assert.deepEqual(buffer_info(type), [format, 0, []], `${name}: format`);
  for (const member of members) {
    const { offset, bit_offset, is_bitfield } = fieldOf(type, member.name);
    const { width } = member;
    const wanted = [member.offset, member.bitOffset, width !== undefined];
    assert.deepEqual([offset, bit_offset, is_bitfield], wanted, `${name}.${member.name}: place`);
  }
}

function checkLeaf(listed: Listed, type: Class, leaf: Leaf, background: number, value: bigint, image: string): void {
  const where = `${listed.name}.${leaf.path.join(".")} = ${value} over ${background}`;
  const name = leaf.path.at(-1)!;
  const cut = BigInt.asUintN(leaf.bitSize, value);

  const object = type.from_buffer_copy(new Uint8Array(listed.size).fill(background));
  holder(object, leaf.path)[name] = value;
  assert.equal(hexOf(object), image, `${where}: the bytes`);
  assert.equal(
    BigInt.asUintN(leaf.bitSize, BigInt(holder(object, leaf.path)[name] as number)),
    cut,
    `${where}: read again`,
  );

  const fromC = type.from_buffer_copy(Buffer.from(image, "hex"));
  const read = BigInt(holder(fromC, leaf.path)[name] as number | bigint);
  assert.equal(BigInt.asUintN(leaf.bitSize, read), cut, `${where}: read from C's bytes`);

  // The description says where the bits are, for who reads the bytes without us.
  const unit = [...bytesOf(fromC).subarray(leaf.offset, leaf.offset + leaf.byteSize)];
  const number = unit.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  assert.equal(BigInt.asUintN(leaf.bitSize, number >> BigInt(leaf.bitOffset)), cut, `${where}: by its description`);

  if (anonymous[listed.name]?.includes(leaf.path[0]!)) {
    const promoted = type.from_buffer_copy(new Uint8Array(listed.size).fill(background));
    promoted[name] = value;
    assert.equal(hexOf(promoted), image, `${where}: without naming ${leaf.path[0]}`);
  }
}
