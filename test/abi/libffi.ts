/**
 * Faults of the system's libffi, which only show when calls go through it (`RAWFFI_TIER=libffi`).
 */
import { alignment } from "ctypes";
import { Classes } from "./classes.ts";
import { type Item, isAggregate, type SignatureItem } from "./spec.ts";
import { runJob } from "./workers.ts";

/**
 * The kind of libffi's fault that makes each of `items` different; null for those that are different with stubs as well, and so are ours.
 */
export async function libffiFaults(items: readonly Item[]): Promise<(string | null)[]> {
  if (process.env.RAWFFI_TIER !== "libffi" || items.length === 0) return items.map(() => null);
  const signatures = items.map((item, index) => ({ ...item, index }));
  const withStubs = await runJob({ items: signatures, batchSize: 1000 }, { environment: { RAWFFI_TIER: "" } });
  const ours = new Set(withStubs.map(({ at }) => at));
  return items.map((item, i) => (ours.has(i) || "aggregate" in item ? null : faultOf(item)));
}

function faultOf({ signature }: SignatureItem): string {
  const classes = new Classes();
  if (signature.parameters.some((type) => isAggregate(type) && alignment(classes.of(type)) > 16)) {
    return "arguments aligned to more than 16 bytes (it aligns its stack to 16)";
  }
  return "mixed-up arguments (3.4.4, a structure that takes the last integer register)";
}
