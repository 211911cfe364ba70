/**
 * The rules of the house as questions about imports: who may import whom. Nothing here reads files, so that the rules
 * themselves are tested on made-up sources.
 */
import { posix } from "node:path";
import { importsOf } from "./imports.ts";

/** Sources by path, relative to the folder that the rules speak of. */
export type Sources = ReadonlyMap<string, string>;

export interface PackageRules {
  /** The package's own name: inside it nobody imports it. */
  readonly name: string;
  /** Its folder in packages/. */
  readonly folder: string;
  /** From the top: each floor is a list of folders ("calls/") and files ("index.ts") that stand on it. */
  readonly floors: readonly (readonly string[])[];
  /** Files of the package that nobody inside it imports. */
  readonly faces: readonly string[];
  /** Files that import nothing at all. */
  readonly alone: readonly string[];
  /** What else may be imported, besides node: modules: names of packages, exactly. */
  readonly packages: readonly string[];
  /** Files that may import a path that is not written out. */
  readonly computed?: readonly string[];
  /** Folders of modules that stand for headers of C, which may include each other in a circle. */
  readonly headers?: readonly string[];
}

/** Every breach of the rules in one package, as one readable line each: file, line, what is wrong. */
export function breachesOf(sources: Sources, rules: PackageRules): string[] {
  const graph = graphOf(sources);
  return [
    ...strayFiles(sources, rules),
    ...[...graph].flatMap(([file, imports]) => imports.flatMap((edge) => breachOf(file, edge, sources, rules) ?? [])),
    ...circlesIn(graph, rules.headers ?? []),
  ];
}

/** Sources that use our packages as any stranger would: only by name, only what the package exports. */
export function breachesOfStrangers(sources: Sources, publicEntries: readonly string[]): string[] {
  return [...graphOf(sources)].flatMap(([file, imports]) =>
    imports.flatMap(({ line, specifier, target }) => {
      const where = `${file}:${line}`;
      if (specifier === null || specifier.startsWith("node:")) return [];
      if (target !== null) {
        return target.startsWith("../") ? [`${where}: imports ${specifier}, which is outside its folder`] : [];
      }
      if (publicEntries.includes(specifier)) return [];
      return [`${where}: imports "${specifier}", which is no public entry point (${publicEntries.join(", ")})`];
    }),
  );
}

// -- One import ------------------------------------------------------------------------------------

interface Edge {
  readonly specifier: string | null;
  readonly line: number;
  /** The path that a relative import leads to; null for all others. */
  readonly target: string | null;
}

function graphOf(sources: Sources): Map<string, Edge[]> {
  const graph = new Map<string, Edge[]>();
  for (const [file, source] of sources) {
    const edges = importsOf(source).map(({ specifier, line }) => {
      const target = specifier?.startsWith(".") ? posix.join(posix.dirname(file), specifier) : null;
      return { specifier, line, target };
    });
    graph.set(file, edges);
  }
  return graph;
}

function breachOf(file: string, edge: Edge, sources: Sources, rules: PackageRules): string | null {
  const { specifier, target } = edge;
  const where = `${file}:${edge.line}`;
  if (rules.alone.includes(file)) return `${where}: imports ${specifier}, but this file imports nothing`;
  if (specifier === null && rules.computed?.includes(file)) return null;
  if (specifier === null) return `${where}: imports a computed path; write it out, so that it can be checked`;
  if (target === null) return breachOfPackageImport(where, specifier, rules);

  if (target.startsWith("../")) return `${where}: leaves the package by ${specifier}; import other packages by name`;
  if (!sources.has(target)) return `${where}: imports ${specifier}, and there is no ${target}`;
  if (rules.faces.includes(target)) return `${where}: imports the face ${target}; import the file that has the thing`;
  const from = floorOf(file, rules);
  const to = floorOf(target, rules);
  if (from === null || to === null) return null; // reported as a stray file
  if (to < from) return `${where}: imports ${target}, which stands above it (${floorPlan(rules)})`;
  return null;
}

function breachOfPackageImport(where: string, specifier: string, rules: PackageRules): string | null {
  if (specifier.startsWith("node:") || rules.packages.includes(specifier)) return null;
  if (specifier === rules.name || specifier.startsWith(`${rules.name}/`)) {
    return `${where}: imports its own package by name; import the file that has the thing`;
  }
  const allowed = ["node: modules", ...rules.packages.map((name) => `"${name}"`)].join(" and ");
  return `${where}: imports "${specifier}"; allowed are ${allowed}`;
}

// -- Floors ----------------------------------------------------------------------------------------

/** 0 is the top; null when the file stands nowhere. */
function floorOf(file: string, rules: PackageRules): number | null {
  const floor = rules.floors.findIndex((places) =>
    places.some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place)),
  );
  return floor === -1 ? null : floor;
}

function strayFiles(sources: Sources, rules: PackageRules): string[] {
  return [...sources.keys()]
    .filter((file) => floorOf(file, rules) === null)
    .map((file) => `${file}: stands on no floor (${floorPlan(rules)}); move it, or give it a place in the test`);
}

function floorPlan(rules: PackageRules): string {
  return `from the top: ${rules.floors.map((places) => places.join(", ")).join(" → ")}`;
}

// -- Circles ---------------------------------------------------------------------------------------

/** One line for each circle found by walking; type-only imports count, since a reader walks them too. */
function circlesIn(graph: ReadonlyMap<string, readonly Edge[]>, headers: readonly string[]): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  function walk(file: string): void {
    if (done.has(file)) return;
    path.push(file);
    for (const { target, line } of graph.get(file) ?? []) {
      if (target === null || isIn(target, headers)) continue;
      const start = path.indexOf(target);
      if (start >= 0) circles.push(`${file}:${line}: closes a circle: ${[...path.slice(start), target].join(" → ")}`);
      else walk(target);
    }
    path.pop();
    done.add(file);
  }

  for (const file of graph.keys()) if (!isIn(file, headers)) walk(file);
  return circles;
}

function isIn(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(folder));
}
