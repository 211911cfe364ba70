/**
 * A module for each header: which declarations stand where, and what one module takes from another.
 *
 * Headers may need each other: one names a structure that another has, which includes the first. Modules may not, since
 * a class must be there before an expression uses it; so the types of headers that need each other stand in the module
 * of the first, and the others pass them on.
 */
import { basename } from "node:path";
import { type Declaration, exportedNames, isType, namesNeeded, type TypeDeclaration } from "./ir.ts";

/** What one module declares, takes from others and passes on. */
export interface Part {
  readonly header: string;
  /** The name of the file of its types and constants. */
  readonly file: string;
  /** The name of the file that a user imports. */
  readonly face: string;
  readonly declarations: readonly Declaration[];
  /** Names that other modules declare, by their files. */
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** What the header declares itself, among these. */
  readonly passedOn: readonly TypeDeclaration[];
}

/**
 * The parts in an order in which each needs only those before it; `named` headers have one even where they only include
 * others.
 */
export function partsOf(declarations: readonly Declaration[], named: readonly string[] = []): Part[] {
  const headers = [...new Set([...declarations.map(({ header }) => header), ...named])];
  const headerOf = new Map(
    declarations.filter(isType).flatMap((one) => exportedNames(one).map((name) => [name, one.header] as const)),
  );
  const needs = new Map(
    headers.map((header) => {
      const own = declarations.filter((declaration) => declaration.header === header);
      const others = own.flatMap(namesNeeded).flatMap((name) => headerOf.get(name) ?? []);
      return [header, [...new Set(others)].filter((other) => other !== header)];
    }),
  );
  const groups = groupsOf(headers, needs);
  const first = new Map(
    groups.flatMap((group) => {
      const [leader] = headers.filter((header) => group.includes(header));
      return group.map((header) => [header, leader as string] as const);
    }),
  );
  const homeOf = (declaration: Declaration) =>
    isType(declaration) ? (first.get(declaration.header) as string) : declaration.header;
  const faces = filesOf(headers);
  const files = new Map([...faces].map(([header, face]) => [header, face.replace(/\.ts$/, ".types.ts")]));
  const fileOfName = new Map(
    declarations.filter(isType).flatMap((declaration) => {
      const file = files.get(homeOf(declaration)) as string;
      return exportedNames(declaration).map((name) => [name, file] as const);
    }),
  );

  const inOrder = groups.flatMap((group) => [
    ...group.filter((header) => first.get(header) === header),
    ...group.filter((header) => first.get(header) !== header),
  ]);
  return inOrder.map((header): Part => {
    const file = files.get(header) as string;
    const own = declarations.filter((declaration) => homeOf(declaration) === header);
    const passedOn = declarations
      .filter(isType)
      .filter((declaration) => declaration.header === header && homeOf(declaration) !== header);
    const used = [...own.flatMap(namesNeeded), ...passedOn.flatMap(exportedNames)];
    const foreign = new Map<string, string[]>();
    for (const name of new Set(used)) {
      const place = fileOfName.get(name);
      if (place !== undefined && place !== file) foreign.set(place, [...(foreign.get(place) ?? []), name]);
    }
    const places = [...foreign].sort(([a], [b]) => (a < b ? -1 : 1));
    return { header, file, face: faces.get(header) as string, declarations: own, foreign: new Map(places), passedOn };
  });
}

// -- Private ---------------------------------------------------------------------------------------

/**
 * Headers that need each other, together; each group after those that it needs (Tarjan's strongly connected
 * components).
 */
function groupsOf(headers: readonly string[], needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const groups: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (header: string): void => {
    index.set(header, index.size);
    low.set(header, index.get(header) as number);
    stack.push(header);
    for (const other of needs.get(header) ?? []) {
      if (!index.has(other)) visit(other);
      if (stack.includes(other)) low.set(header, Math.min(low.get(header) as number, low.get(other) as number));
    }
    if (low.get(header) === index.get(header)) groups.push(stack.splice(stack.indexOf(header)));
  };
  for (const header of headers) if (!index.has(header)) visit(header);
  return groups;
}

/** `Xlib.ts` of X11/Xlib.h; with the folder in front where two would have one name. */
function filesOf(headers: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    headers.map((header) => {
      const words = header.replace(/\.\w+$/, "").split("/");
      let count = 1;
      const name = () =>
        `${words
          .slice(-count)
          .join("_")
          .replace(/[^\w.-]/g, "_")}.ts`;
      while (taken.has(name()) && count < words.length) count++;
      let file = name();
      for (let i = 2; taken.has(file); i++) file = `${basename(name(), ".ts")}_${i}.ts`;
      taken.add(file);
      return [header, file];
    }),
  );
}
