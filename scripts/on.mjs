/**
 * One entry for the tests on other platforms, emulated or in a system of their own.
 *
 *     npm run test:on -- --help             what there is
 *     npm run test:on -- old-glibc --help   the options of one of them
 *     npm run test:on -- old-glibc          sets up what it needs, and runs it
 *
 * Each is a program in scripts/on/, and a row of PLATFORMS in scripts/commands.mjs.
 */
import { PLATFORMS } from "./commands.mjs";
import { dispatch } from "./dispatch.mjs";

dispatch("test:on", "platform", PLATFORMS);
