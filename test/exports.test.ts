/** A name is exported once inside a package: two concepts of one name are one too many. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, trackedFiles } from "./sources/files.ts";

const SOURCES = /^packages\/[^/]+\/src\/.*\.ts$/;

/**
 * Peers with one interface, an entry whose names are C's operators, declarations beside what calls them, and modules
 * that have the names of C's headers.
 */
const MAY_REPEAT =
  /\/stubs\/\w+\/|\/types\/arithmetic\.ts$|^packages\/libclang\/src\/functions\.ts$|\/native\/(\w+\/)?generated\//;

/** Folders whose users expect the same names of each: those of drivers, and of pyglet's modules. */
const FACES = /^packages\/(?:ctypes-sqlite|pyglet)\/src\/(better|dbapi|node|font|media|text)\//;

interface Place {
  readonly file: string;
  /** Null for what all faces share. */
  readonly face: string | null;
}

test("no name is declared and exported twice inside a package", () => {
  const placesOf = new Map<string, Place[]>();
  for (const file of trackedFiles(SOURCES).filter((path) => !MAY_REPEAT.test(path))) {
    const [, name] = file.split("/");
    const face = FACES.exec(file)?.[1] ?? null;
    const source = readFileSync(join(root, file), "utf8");
    const pattern =
      /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|type|interface) (\w+)/gm;
    for (const [, exported] of source.matchAll(pattern)) {
      const key = `${name}: ${exported}`;
      const places = placesOf.get(key) ?? [];
      if (!places.some((place) => place.file === file)) placesOf.set(key, [...places, { file, face }]);
    }
  }
  assert.ok(placesOf.size > 800, `only ${placesOf.size} exports found`);
  const twice = [...placesOf].filter(([, places]) =>
    places.some((place) => places.some((other) => meet(place, other))),
  );
  assert.deepEqual(
    twice.map(([key, places]) => `${key} in ${places.map(({ file }) => file).join(" and ")}`),
    [],
  );
});

/** Whether one reader sees both. */
function meet(a: Place, b: Place): boolean {
  return a.file !== b.file && (a.face === b.face || a.face === null || b.face === null);
}
