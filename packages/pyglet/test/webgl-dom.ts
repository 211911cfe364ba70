/** What TypeScript's own declarations say of WebGL 2: methods with their parameters, and constants. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A way to call a method: the name and type of each parameter, and how many must be there. */
export interface Signature {
  parameters: { name: string; type: string }[];
  required: number;
}

export interface Interface {
  methods: Map<string, Signature[]>;
  constants: Map<string, number>;
  properties: Set<string>;
}

/** `lib.dom.d.ts` of the installed compiler: since TypeScript 7 in a package for each platform. */
function declarations(): string {
  const modules = dirname(dirname(createRequire(import.meta.url).resolve("typescript/package.json")));
  const platforms = join(modules, "@typescript");
  const folders = [join(modules, "typescript")];
  if (existsSync(platforms)) folders.push(...readdirSync(platforms).map((name) => join(platforms, name)));
  const file = folders.map((folder) => join(folder, "lib/lib.dom.d.ts")).find(existsSync);
  if (file === undefined) throw new Error(`no lib.dom.d.ts in ${folders.join(", ")}`);
  return readFileSync(file, "utf8");
}

const PARTS = ["WebGL2RenderingContextBase", "WebGL2RenderingContextOverloads", "WebGLRenderingContextBase"];

export function webgl2(): Interface {
  const text = declarations();
  const found: Interface = { methods: new Map(), constants: new Map(), properties: new Set() };
  for (const name of PARTS) {
    const [, body] = new RegExp(`^interface ${name} \\{([\\s\\S]*?)^\\}`, "m").exec(text)!;
    for (const line of body!.replace(/\/\*[\s\S]*?\*\//g, "").split("\n")) readMember(line.trim(), found);
  }
  return found;
}

function readMember(line: string, found: Interface): void {
  const [, constant, value] = /^readonly ([A-Z][A-Za-z0-9_]*): (0x[0-9A-F]+|-?\d+);$/i.exec(line) ?? [];
  if (constant !== undefined) return void found.constants.set(constant, Number(value));
  const [, property] = /^(?:readonly )?(\w+): /.exec(line) ?? [];
  if (property !== undefined) return void found.properties.add(property);
  const [, method, list] = /^(\w+)\((.*)\): [^()]*;$/.exec(line) ?? [];
  if (method === undefined || list!.includes('"')) return;
  const parts = list === "" ? [] : list!.split(/, (?=\w+\??: )/);
  const parameters = parts.map((part) => {
    const [, name, type] = /^(\w+)\??: (.*)$/.exec(part)!;
    return { name: name!, type: type! };
  });
  const required = parts.filter((part) => !/^\w+\?/.test(part)).length;
  found.methods.set(method, [...(found.methods.get(method) ?? []), { parameters, required }]);
}
