/** The files of the repository, for tests that read all of them. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

const NOT_OURS = /(^|\/)(node_modules|dist|build|prebuilds|\.docs-build|\.git|\.cache-aside)(\/|$)/;

/**
 * Paths from the root of what git tracks or would track; without git, of all files outside the folders that builds
 * write.
 */
export function trackedFiles(pattern: RegExp): string[] {
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const all = listed.status === 0 ? listed.stdout.trim().split("\n") : readdirSync(root, { recursive: true });
  return (all as string[])
    .filter((file) => pattern.test(file) && !NOT_OURS.test(file) && existsSync(join(root, file)))
    .sort();
}
