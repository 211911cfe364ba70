/** Which driver plays. */
import { options } from "../../options.ts";
import { MediaException } from "../exceptions.ts";
import type { AbstractAudioDriver } from "./driver.ts";
import { LoopbackDriver, OpenALDriver } from "./openal/driver.ts";
import { SilentDriver } from "./silent.ts";

let driver: AbstractAudioDriver | null = null;

/**
 * The driver that plays all sound: the first of `options.audio` that can be had. Where that is the silent one because
 * no other could be had, a warning says why, once.
 */
export function get_audio_driver(): AbstractAudioDriver {
  driver ??= choose();
  return driver;
}

/** Gives the driver back: its players are silent from now, and the next sound gets one by the options of then. */
export function delete_audio_driver(): void {
  driver?.delete();
  driver = null;
}

// -- Private ---------------------------------------------------------------------------------------

function choose(): AbstractAudioDriver {
  const reasons: string[] = [];
  for (const name of options.audio) {
    try {
      if (name === "openal") return new OpenALDriver();
      if (name === "loopback") return new LoopbackDriver(options.loopback);
    } catch (error) {
      if (!(error instanceof MediaException)) throw error;
      reasons.push(error.message);
      continue;
    }
    if (name !== "silent") throw new MediaException(`options.audio: there is no driver ${JSON.stringify(name)}`);
    break;
  }
  const reason = reasons.length === 0 ? null : `sound is silent: ${reasons.join("; ")}`;
  if (reason !== null) process.emitWarning(reason, "MediaWarning");
  return new SilentDriver(reason);
}
