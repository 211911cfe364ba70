/**
 * Types written down: a class for each structure, union and opaque type, a constant and a type for each enumeration and
 * typedef.
 */
import type { Line, Plan } from "../../layout/plan.ts";
import { classOf, expressionOf, functionTypeOf, type Imports, instanceOf } from "../expressions.ts";
import { type Member, namesIn, type RecordDeclaration, type Type, type TypedefDeclaration } from "../ir.ts";
import { integerOf } from "../layouts.ts";
import type { Ordered } from "../order.ts";
import { type Doc, flat, group, print, WIDTH } from "../print.ts";
import { enumText } from "./enums.ts";
import { commentOf } from "./spelling.ts";

/**
 * The first name of each function type of a module. Making a type and looking it up take the most time of an import.
 */
export type FunctionNames = Map<string, string>;

export function typeText({ declaration, later }: Ordered, functions: FunctionNames, imports: Imports): string {
  const comment = commentOf(declaration.comment, 0);
  const { name } = declaration;
  switch (declaration.kind) {
    case "opaque":
      return `${comment}export class ${name} extends ${imports.value("Opaque")}("${name}") {}\n`;
    case "enum":
      return comment + enumText(declaration, imports);
    case "typedef":
      return comment + typedefText(declaration, functions, imports);
    case "record":
      return comment + recordText(declaration, later, imports);
  }
}

function typedefText({ name, type }: TypedefDeclaration, functions: FunctionNames, imports: Imports): string {
  const made = expressionOf(type, imports);
  if (type.kind !== "function") {
    const alias = `export type ${name} = ${instanceOf(type, imports)};\n`;
    const own = classOf(type, imports);
    return `${print([`export const ${name}${own === null ? "" : `: ${own}`} = `, made, ";\n"])}${alias}`;
  }
  // The same signature is the same type, as in ctypes.
  const expression = functions.get(flat(made)) ?? made;
  if (expression === made) functions.set(flat(made), name);
  const alias = print([`export type ${name} = `, functionTypeOf("Func", type, imports), ";\n"]);
  const annotated = `export const ${name}: ${flat(functionTypeOf("FunctionType", type, imports))} =`;
  // As a formatter would: arguments of the call have lines of their own where its beginning fits, else the whole call
  // has one.
  const opening = typeof expression === "string" ? `${expression};` : expression.open;
  const line = `${annotated} ${flat(expression)};\n`;
  if (line.length - 1 <= WIDTH) return line + alias;
  if (annotated.length + 1 + opening.length <= WIDTH) return `${print([`${annotated} `, expression, ";\n"])}${alias}`;
  const isComplex = instanceOf(type.result, imports).includes("<");
  if (!isComplex && annotated.length <= WIDTH && flat(expression).length + 3 <= WIDTH) {
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
    record.members.some((member) => member.name === line.member?.name && commentedOf(member) !== ""),
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
  const comment = commentOf(commentedOf(member), 2, true);
  if (member.width !== null) {
    return `${comment}${key}: ${imports.value("bits")}(${bitsTypeOf(member.type, imports)}, ${member.width})`;
  }
  const isLater = namesIn(member.type).some((name) => later.has(name) || name === record.name);
  return keyed(lazily(expressionOf(member.type, imports), isLater), comment);
}

/** What is said of a member; "" is nothing. */
function commentedOf({ name, cName, comment }: Member): string {
  const renamed = name === cName ? null : `C's \`${cName}\`, a name that is JavaScript's own.`;
  return [comment, renamed].filter((part) => part !== null).join("\n\n");
}

function bitsTypeOf(type: Type, imports: Imports): string {
  return type.kind === "enum" ? type.name : imports.value(integerOf(type));
}

function lazily(doc: Doc, isLater: boolean): Doc {
  if (!isLater) return doc;
  return typeof doc === "string" ? `() => ${doc}` : group("() =>", [doc], "", { isArrow: true });
}
