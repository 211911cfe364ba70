/**
 * Answers kept between runs. A question is known again by its C text and flags and the compiler; an answer holds as
 * long as every header that the compiler read for it has the same contents.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Cache {
  /** What was kept for this question; undefined when nothing was, or a header changed. */
  get(question: string): unknown;
  /** Keeps an answer, and which files it came from. */
  set(question: string, answer: unknown, files: readonly string[]): void;
}

export function openCache(folder: string | false | undefined): Cache {
  if (folder === false) return { get: () => undefined, set: () => {} };
  const place = folder ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ctypes-configure");
  const fileOf = (question: string) => join(place, `${hash(question)}.json`);
  return {
    get(question) {
      try {
        const kept = JSON.parse(readFileSync(fileOf(question), "utf8")) as Kept;
        return kept.files.every(([file, digest]) => hashOfFile(file) === digest) ? kept.answer : undefined;
      } catch {
        return undefined;
      }
    },
    set(question, answer, files) {
      const kept: Kept = { answer, files: files.map((file) => [file, hashOfFile(file)]) };
      try {
        mkdirSync(place, { recursive: true });
        const fresh = `${fileOf(question)}.${process.pid}`;
        writeFileSync(fresh, JSON.stringify(kept));
        renameSync(fresh, fileOf(question)); // another process may read it
      } catch {
        // A cache that cannot be written is no reason to fail.
      }
    },
  };
}

/** The files that a compiler's dependency file (`-MD`) names after its target. */
export function filesIn(dependencies: string): string[] {
  const list = dependencies.replace(/^[^:]*:/, "").replace(/\\\n/g, " ");
  return list.split(/(?<!\\)\s+/).flatMap((word) => (word === "" ? [] : [word.replace(/\\ /g, " ")]));
}

// -- Private ---------------------------------------------------------------------------------------

interface Kept {
  readonly answer: unknown;
  readonly files: readonly (readonly [file: string, digest: string])[];
}

function hash(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hashOfFile(file: string): string {
  return hash(readFileSync(file));
}
