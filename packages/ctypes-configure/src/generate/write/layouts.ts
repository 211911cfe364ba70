/**
 * What a module says of itself: what it was made of, and the layouts of its types, which `ctypes-configure check` and
 * `CTYPES_DEBUG` compare.
 */
import { hasRelativePath, type WithPaths } from "../../measure/paths.ts";
import type { Imports } from "../expressions.ts";
import type { EnumDeclaration } from "../ir.ts";
import { type Doc, group, print } from "../print.ts";
import type { ModuleText } from "./module.ts";
import { keyOf, literal } from "./spelling.ts";

export function layoutsText(text: ModuleText, imports: Imports): string {
  const types = [...text.types.map(({ declaration }) => declaration), ...(text.passedOn ?? [])];
  const records = types.filter((declaration) => declaration.kind === "record");
  const rows = records.map((record) => {
    const offsets = record.members.flatMap((member) =>
      member.isAnonymous || member.width !== null ? [] : [`${keyOf(member.name)}: ${member.bitOffset / 8}`],
    );
    const parts = [JSON.stringify(record.cName), String(record.size), String(record.align), group("{", offsets, "}")];
    return group(`${record.name}: [`, parts, "]");
  });
  const renamed = [
    ...[...text.constants, ...text.expressions].filter(({ name, cName }) => name !== cName),
    ...types.filter(({ kind, name, cName }) => (kind === "typedef" || kind === "enum") && name !== cName),
    ...types.flatMap((one) => (one.kind === "enum" ? renamedEnumerators(one) : [])),
    ...records.flatMap((record) =>
      record.members
        .filter(({ name, cName }) => name !== cName)
        .map(({ name, cName }) => ({ name: `${record.name}.${name}`, cName })),
    ),
  ].map(({ name, cName }) => `${keyOf(name)}: ${JSON.stringify(cName)}`);
  const bytes = records.flatMap((record) =>
    record.members.flatMap(({ name, isBytes }) => (isBytes ? [JSON.stringify(`${record.name}.${name}`)] : [])),
  );
  const realigned = types.flatMap((one) =>
    one.kind === "typedef" && one.isRealigned ? [JSON.stringify(one.name)] : [],
  );
  const expressions = text.expressions.filter(({ calls }) => calls === null);
  const source = Object.entries(text.source).map(([key, value]) => property(key, value));
  const isPlaced = hasRelativePath({ ...text.source, ...(text.source.rules as WithPaths | undefined) });
  const shape = [
    ...(isPlaced ? ["  url: string;"] : []),
    "  source: Record<string, unknown>;",
    "  names: Record<string, string>;",
    "  bytes: readonly string[];",
    ...(realigned.length > 0 ? ["  realigned: readonly string[];"] : []),
    "  expressions: readonly string[];",
    "  layouts: Record<string, readonly [cName: string, size: number, align: number, offsets: Record<string, number>]>;",
  ];
  const parts = [
    ...(isPlaced ? ["url: import.meta.url"] : []),
    group("source: {", source, "}"),
    group("names: {", renamed, "}"),
    group("bytes: [", bytes, "]"),
    ...(realigned.length > 0 ? [group("realigned: [", realigned, "]")] : []),
    group(
      "expressions: [",
      expressions.map(({ cName }) => JSON.stringify(cName)),
      "]",
    ),
    rows.length === 0
      ? "layouts: {}"
      : // Made when it is asked for, which is hardly ever.
        group(
          'get layouts(): (typeof __configure__)["layouts"] {',
          [group("return {", rows, "}", { isBroken: true })],
          "}",
          {
            isBroken: true,
            trailing: ";",
          },
        ),
  ];
  const metadata = `/** What this module was made of, and what C said of its types: \`ctypes-configure check\` asks again. */
${print([`export const __configure__: {\n${shape.join("\n")}\n} = `, group("{", parts, "}", { isBroken: true }), ";\n"])}`;
  if (records.length === 0) return metadata;
  const names = [
    imports.value("sizeof"),
    imports.value("alignment"),
    imports.value("offsetof"),
    imports.type("TypeOf"),
  ];
  const [size, align, offset, typeOf] = names;
  const classes = print(
    [
      `const classes: Record<string, ${typeOf}> = `,
      group(
        "{",
        records.map(({ name }) => name),
        "}",
      ),
      ";\n",
    ],
    2,
  );
  return `${metadata}
// With CTYPES_DEBUG set, a module that does not fit this machine fails when it is loaded, and not in a call.
if ((globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.CTYPES_DEBUG) {
  ${classes}  for (const [name, [cName, size, align, offsets]] of Object.entries(__configure__.layouts)) {
    const type = classes[name]!;
    const check = (what: string, got: number, expected: number) => {
      if (got !== expected) throw new Error(\`\${cName || name}: \${what}: expected \${expected}, got \${got}\`);
    };
    check("size", ${size}(type), size);
    check("alignment", ${align}(type), align);
    for (const [member, at] of Object.entries(offsets)) check(member, ${offset}(type, member as never), at);
  }
}
`;
}

function renamedEnumerators({ name, values }: EnumDeclaration): { name: string; cName: string }[] {
  const renamed = values.filter((value) => value.name !== value.cName);
  return renamed.map((value) => ({ name: `${name}.${value.name}`, cName: value.cName }));
}

/** A property of plain data; a text that does not fit after its name has a line of its own. */
function property(key: string, value: unknown): Doc {
  const doc = dataDoc(value);
  return typeof doc === "string"
    ? group(`${keyOf(key)}:`, [doc], "", { isArrow: true })
    : { ...doc, open: `${keyOf(key)}: ${doc.open}` };
}

function dataDoc(value: unknown): Doc {
  if (Array.isArray(value)) return group("[", value.map(dataDoc), "]");
  if (typeof value !== "object" || value === null) return literal(value as Parameters<typeof literal>[0]);
  const parts = Object.entries(value).map(([key, inner]) => property(key, inner));
  return group("{", parts, "}");
}
