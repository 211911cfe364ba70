/** A device of OpenAL's, with its context: one that is heard, or one that renders into memory. */
import { ARRAY, atEnd, c_int, type EndCall, LibraryError, type Pointer } from "ctypes-js";
import type { ALCcontext, ALCdevice } from "../../../native/media/generated/al/alc.types.ts";
import { ALC_FREQUENCY } from "../../../native/media/generated/al/alc.types.ts";
import {
  ALC_5POINT1_SOFT,
  ALC_7POINT1_SOFT,
  ALC_FLOAT_SOFT,
  ALC_FORMAT_CHANNELS_SOFT,
  ALC_FORMAT_TYPE_SOFT,
  ALC_MONO_SOFT,
  ALC_QUAD_SOFT,
  ALC_STEREO_SOFT,
  LPALCISRENDERFORMATSUPPORTEDSOFT,
  LPALCLOOPBACKOPENDEVICESOFT,
  LPALCRENDERSAMPLESSOFT,
} from "../../../native/media/generated/al/alext.types.ts";
import { libopenal } from "../../../native/media/generated/al/libraries.ts";
import { MediaException } from "../../exceptions.ts";

/** How a loopback device renders. */
export interface LoopbackFormat {
  /** Samples a second, of each channel. */
  readonly frequency: number;
  /** 1, 2, 4, 6 (5.1) or 8 (7.1). */
  readonly channels: number;
}

export class Device {
  readonly #device: Pointer<ALCdevice>;
  readonly #context: Pointer<ALCcontext>;
  readonly #closings: EndCall[];
  readonly #render: LPALCRENDERSAMPLESSOFT | null;
  /** Whether it was not closed. */
  isOpen = true;

  private constructor(
    device: Pointer<ALCdevice>,
    attributes: readonly number[],
    render: LPALCRENDERSAMPLESSOFT | null,
  ) {
    this.#device = device;
    this.#render = render;
    const list = new (ARRAY(c_int, attributes.length + 1))(...attributes, 0);
    const context = libopenal.alcCreateContext(device, list);
    if (context === null) {
      libopenal.alcCloseDevice(device);
      throw new MediaException("OpenAL opened a device, but could make no context for it");
    }
    this.#context = context;
    this.#closings = [atEnd(libopenal.alcCloseDevice, device), atEnd(libopenal.alcDestroyContext, context)];
    libopenal.alcMakeContextCurrent(context);
  }

  /** Opens a device by its name, or the usual one. @throws MediaException when there is none. */
  static open(name: string | null): Device {
    const device = library().alcOpenDevice(name);
    if (device === null) {
      throw new MediaException(
        name === null ? "OpenAL finds no device to play sound on" : `OpenAL has no device ${JSON.stringify(name)}`,
      );
    }
    return new Device(device, [], null);
  }

  /** Opens a device that renders into memory. @throws MediaException when OpenAL has none, or not in that format. */
  static loopback({ frequency, channels }: LoopbackFormat): Device {
    const find = (name: string) => {
      const address = library().alcGetProcAddress(null, name);
      if (address === null) throw new MediaException(`this OpenAL has no loopback device (${name} is missing)`);
      return address;
    };
    const open = new LPALCLOOPBACKOPENDEVICESOFT(find("alcLoopbackOpenDeviceSOFT"));
    const isSupported = new LPALCISRENDERFORMATSUPPORTEDSOFT(find("alcIsRenderFormatSupportedSOFT"));
    const render = new LPALCRENDERSAMPLESSOFT(find("alcRenderSamplesSOFT"));
    const layout = LAYOUTS[channels];
    const device = open(null);
    if (device === null) throw new MediaException("OpenAL could not open its loopback device");
    if (layout === undefined || !isSupported(device, frequency, layout, ALC_FLOAT_SOFT)) {
      libopenal.alcCloseDevice(device);
      throw new MediaException(`OpenAL renders no ${channels} channels of ${frequency} samples a second`);
    }
    const format = [ALC_FORMAT_CHANNELS_SOFT, layout, ALC_FORMAT_TYPE_SOFT, ALC_FLOAT_SOFT, ALC_FREQUENCY, frequency];
    return new Device(device, format, render);
  }

  /** Renders what is heard next into `samples`: `frames` of all channels. */
  render(samples: Float32Array, frames: number): void {
    this.#render?.(this.#device, samples, frames);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const closing of this.#closings) closing.cancel();
    libopenal.alcMakeContextCurrent(null);
    libopenal.alcDestroyContext(this.#context);
    libopenal.alcCloseDevice(this.#device);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const LAYOUTS: Record<number, number> = {
  1: ALC_MONO_SOFT,
  2: ALC_STEREO_SOFT,
  4: ALC_QUAD_SOFT,
  6: ALC_5POINT1_SOFT,
  8: ALC_7POINT1_SOFT,
};

/** The library, when it can be opened. */
function library(): typeof libopenal {
  try {
    // Its first symbol opens it.
    libopenal.alcGetError(null);
    return libopenal;
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    throw new MediaException(`OpenAL is missing (${error.message}); Debian has it in libopenal1`, { cause: error });
  }
}
