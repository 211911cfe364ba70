/** `npm run help`: every command of the repository, one line each. */
import { COMMANDS, PLATFORMS, RUNS, runsTable, table } from "./commands.mjs";

for (const [title, commands] of Object.entries(COMMANDS)) {
  const rows = Object.entries(commands).map(([name, what]) => [name === "test" ? "npm test" : `npm run ${name}`, what]);
  console.log(`${title}\n\n${table(rows)}\n`);
}
console.log(`Long runs: npm run long -- NAME [options]; npm run long -- NAME --help\n\n${runsTable(RUNS)}\n`);
console.log(`Platforms: npm run test:on -- PLATFORM [options]\n\n${runsTable(PLATFORMS)}`);
