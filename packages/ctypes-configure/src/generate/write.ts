/**
 * A module written down: imports, types in an order that works, constants, libraries, and the layouts that it asserts when it is loaded with
 * `CTYPES_DEBUG` set.
 */
import type { Line, Plan } from "../layout/plan.ts";
import { expressionOf, functionTypeOf, Imports, instanceOf } from "./expressions.ts";
import {
  type ConstantDeclaration,
  type EnumDeclaration,
  exportedNames,
  namesIn,
  type RecordDeclaration,
  type Type,
  type TypeDeclaration,
  type TypedefDeclaration,
} from "./ir.ts";
import { integerOf } from "./layouts.ts";
import type { Ordered } from "./order.ts";
import { type Doc, flat, group, print, WIDTH } from "./print.ts";
import type { LibraryUse } from "./symbols.ts";

export interface ModuleText {
  /** What the header comment says, line by line. */
  readonly title: readonly string[];
  readonly types: readonly Ordered[];
  readonly constants: readonly ConstantDeclaration[];
  readonly libraries: readonly LibraryUse[];
  readonly strip: readonly string[];
  /** Names of this module's types that other modules declare: module file → names. */
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** Types of other modules that this one exports as well. */
  readonly passedOn?: readonly TypeDeclaration[];
  /** What `ctypes-configure check` needs to ask C again. */
  readonly source: Readonly<Record<string, unknown>>;
}

export function moduleOf(text: ModuleText): string {
  const imports = new Imports();
  const body = [
    ...text.types.map((ordered) => typeText(ordered, imports)),
    constantsText(text.constants),
    ...text.libraries.map((library) => libraryText(library, imports)),
    ...text.libraries.map((library) => shortNamesText(library, text.strip)),
    layoutsText(text, imports),
  ].filter((part) => part !== "");
  const passedOn = (text.passedOn ?? []).flatMap(exportedNames).sort(byName);
  if (passedOn.length > 0) body.unshift(`${print([group("export {", passedOn, "}"), ";"])}\n`);
  const title = `/**\n${text.title.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
  const foreign = [...text.foreign].map(
    ([file, names]) => `${print([group("import {", [...names].sort(byName), `} from "${file}"`), ";"])}\n`,
  );
  return `${title}${importText(imports)}${foreign.join("")}\n${body.join("\n")}`;
}

// -- Types -----------------------------------------------------------------------------------------

function typeText({ declaration, later }: Ordered, imports: Imports): string {
  const comment = commentOf(declaration.comment, 0);
  const { name } = declaration;
  switch (declaration.kind) {
    case "opaque":
      return `${comment}export class ${name} extends ${imports.value("Opaque")}("${name}") {}\n`;
    case "enum":
      return comment + enumText(declaration);
    case "typedef":
      return comment + typedefText(declaration, imports);
    case "record":
      return comment + recordText(declaration, later, imports);
  }
}

function enumText({ name, values, aliases }: EnumDeclaration): string {
  const parts = values.map(([key, value, comment]) => `${commentOf(comment, 2, true)}${keyOf(key)}: ${literal(value)}`);
  const object = print([`export const ${name} = `, group("{", parts, "}", { isBroken: true }), " as const;\n"]);
  const type = `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`;
  const others = aliases.map((alias) => `export const ${alias} = ${name};\nexport type ${alias} = ${name};\n`);
  return object + (type.length - 1 <= WIDTH ? type : type.replace(" = ", " =\n  ")) + others.join("");
}

function typedefText({ name, type }: TypedefDeclaration, imports: Imports): string {
  const expression = expressionOf(type, imports);
  if (type.kind !== "function") {
    const alias = `export type ${name} = ${instanceOf(type, imports)};\n`;
    return `${print([`export const ${name} = `, expression, ";\n"])}${alias}`;
  }
  const alias = print([`export type ${name} = `, functionTypeOf("Func", type, imports), ";\n"]);
  const annotated = `export const ${name}: ${flat(functionTypeOf("FunctionType", type, imports))} =`;
  // As a formatter would: arguments of the call have lines of their own where its beginning fits, else the whole call has one.
  const opening = typeof expression === "string" ? expression : expression.open;
  const line = `${annotated} ${flat(expression)};\n`;
  if (line.length - 1 <= WIDTH) return line + alias;
  if (annotated.length + 1 + opening.length <= WIDTH) return `${print([`${annotated} `, expression, ";\n"])}${alias}`;
  if (annotated.length <= WIDTH && flat(expression).length + 3 <= WIDTH) {
    return `${annotated}\n  ${flat(expression)};\n${alias}`;
  }
  return `${print([`export const ${name}: `, functionTypeOf("FunctionType", type, imports), " = ", expression, ";\n"])}${alias}`;
}

function recordText(record: RecordDeclaration, later: ReadonlySet<string>, imports: Imports): string {
  return print([`export class ${record.name} extends `, planDoc(record.plan, record, later, imports), " {}\n"]);
}

function planDoc(plan: Plan, record: RecordDeclaration, later: ReadonlySet<string>, imports: Imports): Doc {
  const parts = plan.lines.map((line) => lineDoc(line, record, later, imports));
  const isBroken = plan.lines.some((line) =>
    record.members.some((member) => member.name === line.member?.name && member.comment !== null),
  );
  const own = plan.lines.flatMap((line) =>
    record.members.filter((member) => member.isAnonymous && member.name === line.member?.name),
  );
  const anonymous = [...plan.anonymous, ...own.map((member) => member.name)];
  const options = [
    ...(plan.pack === undefined ? [] : [`pack: ${plan.pack}`]),
    ...(plan.align === undefined ? [] : [`align: ${plan.align}`]),
    ...(anonymous.length === 0 ? [] : [`anonymous: [${anonymous.map((name) => JSON.stringify(name)).join(", ")}]`]),
  ];
  const call = imports.value(plan.isUnion ? "Union" : "Structure");
  if (options.length === 0) return group(`${call}({`, parts, "})", { pad: " ", isBroken });
  return group(`${call}(`, [group("{", parts, "}", { isBroken }), group("{", options, "}")], ")");
}

function lineDoc(line: Line, record: RecordDeclaration, later: ReadonlySet<string>, imports: Imports): Doc {
  const key = /^[A-Za-z_$][\w$]*$/.test(line.name) ? line.name : JSON.stringify(line.name);
  const keyed = (doc: Doc, lead = ""): Doc =>
    typeof doc === "string" ? `${lead}${key}: ${doc}` : { ...doc, open: `${lead}${key}: ${doc.open}` };
  if (line.inner !== undefined) return keyed(planDoc(line.inner, record, later, imports));
  if (line.bits !== undefined) return `${key}: ${imports.value("bits")}(${imports.value("c_ubyte")}, ${line.bits})`;
  const member = record.members.find(({ name }) => name === line.member?.name);
  if (member === undefined) return `${key}: ${imports.value("ARRAY")}(${imports.value("c_ubyte")}, ${line.bytes ?? 0})`;
  const renamed = member.name === member.cName ? null : `C's \`${member.cName}\`, a name that is JavaScript's own.`;
  const text = [member.comment, renamed].filter((part) => part !== null).join("\n\n");
  const comment = commentOf(text, 2, true);
  if (member.width !== null) {
    return `${comment}${key}: ${imports.value("bits")}(${imports.value(integerOf(member.type))}, ${member.width})`;
  }
  const isLater = namesIn(member.type).some((name) => later.has(name) || name === record.name);
  return keyed(lazily(expressionOf(member.type, imports), isLater), comment);
}

function lazily(doc: Doc, isLater: boolean): Doc {
  if (!isLater) return doc;
  return typeof doc === "string" ? `() => ${doc}` : group("() =>", [doc], "", { isArrow: true });
}

// -- Constants and symbols -------------------------------------------------------------------------

function constantsText(constants: readonly ConstantDeclaration[]): string {
  return constants
    .map(({ name, value, comment }) => commentOf(comment, 0) + constantText(name, literal(value)))
    .join("");
}

/** In double quotes, unless single ones need fewer escapes. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text);
  const [single, double] = [text.split("'").length, text.split('"').length];
  return double <= single ? escaped : `'${escaped.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A text that does not fit behind its name has a line of its own. */
function constantText(name: string, value: string): string {
  const line = `export const ${name} = ${value};\n`;
  return line.length - 1 > WIDTH && /^["']/.test(value) ? line.replace(" = ", " =\n  ") : line;
}

function literal(value: ConstantDeclaration["value"]): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return quoted(value);
  if (Object.is(value, -0)) return "-0";
  if (Number.isFinite(value)) return String(value).replace("e+", "e");
  return Number.isNaN(value) ? "Number.NaN" : value > 0 ? "Number.POSITIVE_INFINITY" : "Number.NEGATIVE_INFINITY";
}

function libraryText({ name, file, symbols }: LibraryUse, imports: Imports): string {
  const parts = symbols.map((symbol): Doc => {
    const { type } = symbol;
    const prototype = symbol.kind === "function" ? `\`${symbol.prototype}\`` : null;
    const text = [symbol.comment, prototype].filter((part) => part !== null).join("\n\n");
    const lead = `${commentOf(text === "" ? null : text, 2, true)}${keyOf(symbol.cName)}: `;
    const expression = expressionOf(type, imports);
    const hasNames = type.kind === "function" && type.parameters.some((parameter) => parameter.name !== "");
    if (symbol.symbol !== symbol.cName) {
      const named = hasNames ? castText(expression, type, imports) : expression;
      return group(`${lead}${imports.value("symbol")}(`, [JSON.stringify(symbol.symbol), named], ")");
    }
    if (!hasNames)
      return typeof expression === "string" ? lead + expression : { ...expression, open: lead + expression.open };
    return castDoc(lead, expression, type, imports);
  });
  return print([
    `export const ${name} = new ${imports.value("CDLL")}(${JSON.stringify(file)}, `,
    group("{", parts, "}", { isBroken: true }),
    ");\n",
  ]);
}

/** `name: CFUNCTYPE(…) as FunctionType<…>`: the same type, with names for the parameters. */
function castDoc(lead: string, expression: Doc, type: Type & { kind: "function" }, imports: Imports): Doc {
  const cast = functionTypeOf("FunctionType", type, imports);
  const start = lead.includes("\n") ? lead.slice(lead.lastIndexOf("\n") + 3) : lead;
  return lead.slice(0, lead.length - start.length) + print([start, expression, " as ", cast, ","], 2, 2).slice(0, -1);
}

function castText(expression: Doc, type: Type & { kind: "function" }, imports: Imports): string {
  return `${flat(expression)} as ${flat(functionTypeOf("FunctionType", type, imports))}`;
}

/** An object of the functions without their prefixes; each is looked up when it is first used. */
function shortNamesText({ name, symbols }: LibraryUse, strip: readonly string[]): string {
  const parts = symbols.flatMap(({ kind, cName }) => {
    const prefix = strip.find((wanted) => cName.startsWith(wanted) && /^[A-Za-z_]/.test(cName.slice(wanted.length)));
    if (kind !== "function" || prefix === undefined) return [];
    return [`  get ${cName.slice(prefix.length)}() {\n    return ${name}.${cName};\n  },\n`];
  });
  if (parts.length === 0) return "";
  const what = `/** The functions of {@link ${name}} without their prefix. */\n`;
  return `${what}export const ${name.replace(/^lib/, "")}Functions = {\n${parts.join("")}};\n`;
}

// -- Layouts ---------------------------------------------------------------------------------------

function layoutsText(text: ModuleText, imports: Imports): string {
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
    ...text.constants.filter(({ name, cName }) => name !== cName),
    ...types.filter(({ kind, name, cName }) => (kind === "typedef" || kind === "enum") && name !== cName),
    ...records.flatMap((record) =>
      record.members
        .filter(({ name, cName }) => name !== cName)
        .map(({ name, cName }) => ({ name: `${record.name}.${name}`, cName })),
    ),
  ].map(({ name, cName }) => `${keyOf(name)}: ${JSON.stringify(cName)}`);
  const bytes = records.flatMap((record) =>
    record.members.flatMap(({ name, isBytes }) => (isBytes ? [JSON.stringify(`${record.name}.${name}`)] : [])),
  );
  const source = Object.entries(text.source).map(([key, value]) => property(key, value));
  const shape = [
    "  source: Record<string, unknown>;",
    "  names: Record<string, string>;",
    "  bytes: readonly string[];",
    "  layouts: Record<string, readonly [cName: string, size: number, align: number, offsets: Record<string, number>]>;",
  ];
  const parts = [
    group("source: {", source, "}"),
    group("names: {", renamed, "}"),
    group("bytes: [", bytes, "]"),
    group("layouts: {", rows, "}", { isBroken: rows.length > 0 }),
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

/** A property of plain data; a text that does not fit behind its name has a line of its own. */
function property(key: string, value: unknown): Doc {
  const doc = dataDoc(value);
  return typeof doc === "string"
    ? group(`${keyOf(key)}:`, [doc], "", { isArrow: true })
    : { ...doc, open: `${keyOf(key)}: ${doc.open}` };
}

function dataDoc(value: unknown): Doc {
  if (Array.isArray(value)) return group("[", value.map(dataDoc), "]");
  if (typeof value !== "object" || value === null) return literal(value as ConstantDeclaration["value"]);
  const parts = Object.entries(value).map(([key, inner]) => property(key, inner));
  return group("{", parts, "}");
}

// -- Private ---------------------------------------------------------------------------------------

// Without brackets, `__proto__: value` sets the prototype of an object.
function keyOf(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A comment in front of what stands at that indentation; `isInside` when the first line is indented already. */
function commentOf(text: string | null, indent: number, isInside = false): string {
  if (text === null || text === "") return "";
  const margin = " ".repeat(indent);
  const lines = text.split("\n");
  const body =
    lines.length === 1 && lines[0]!.length < 110
      ? `/** ${text} */`
      : `/**\n${lines.map((line) => `${margin} * ${line}`.trimEnd()).join("\n")}\n${margin} */`;
  return `${isInside ? "" : margin}${body}\n${isInside ? margin : ""}`;
}

function importText(imports: Imports): string {
  const types = [...imports.types].filter((name) => !imports.values.has(name));
  const all = [...imports.values, ...types.map((name) => `type ${name}`)];
  const sorted = all.sort(byName);
  return sorted.length === 0 ? "" : `${print([group("import {", sorted, '} from "ctypes"'), ";"])}\n`;
}

/** As a formatter would: a type by its name, letter by letter, capitals before small ones, numbers by their values. */
function byName(a: string, b: string): number {
  const partsOf = (name: string): string[] => name.replace(/^type /, "").match(/\d+|\D/g) ?? [];
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (part === other) continue;
    const difference = /\d/.test(part) && /\d/.test(other) ? Number(part) - Number(other) : 0;
    if (difference !== 0) return difference;
    const [one, two] = [part.toLowerCase(), other.toLowerCase()];
    return one < two || (one === two && part < other) ? -1 : 1;
  }
  return left.length - right.length;
}
