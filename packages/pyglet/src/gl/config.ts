/** What a context has: asked for as a template, answered by the window system. */

/** The attributes of a configuration; those that a template leaves out do not matter to it. */
export interface ConfigAttributes {
  double_buffer?: boolean;
  stereo?: boolean;
  buffer_size?: number;
  aux_buffers?: number;
  sample_buffers?: number;
  samples?: number;
  red_size?: number;
  green_size?: number;
  blue_size?: number;
  alpha_size?: number;
  depth_size?: number;
  stencil_size?: number;
  accum_red_size?: number;
  accum_green_size?: number;
  accum_blue_size?: number;
  accum_alpha_size?: number;
  major_version?: number;
  minor_version?: number;
  forward_compatible?: boolean;
  debug?: boolean;
}

/** A template: numbers are the least that is wanted. A window's `config` is one with all that it got. */
export class Config implements Readonly<ConfigAttributes> {
  declare readonly double_buffer?: boolean;
  declare readonly stereo?: boolean;
  declare readonly buffer_size?: number;
  declare readonly aux_buffers?: number;
  declare readonly sample_buffers?: number;
  declare readonly samples?: number;
  declare readonly red_size?: number;
  declare readonly green_size?: number;
  declare readonly blue_size?: number;
  declare readonly alpha_size?: number;
  declare readonly depth_size?: number;
  declare readonly stencil_size?: number;
  declare readonly accum_red_size?: number;
  declare readonly accum_green_size?: number;
  declare readonly accum_blue_size?: number;
  declare readonly accum_alpha_size?: number;
  declare readonly major_version?: number;
  declare readonly minor_version?: number;
  declare readonly forward_compatible?: boolean;
  declare readonly debug?: boolean;

  /** @throws TypeError for an attribute that there is not. */
  constructor(attributes: ConfigAttributes = {}) {
    for (const [name, value] of Object.entries(attributes)) {
      if (!NAMES.includes(name)) {
        throw new TypeError(`Config(): there is no attribute ${JSON.stringify(name)}; there are ${NAMES.join(", ")}`);
      }
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  /** The attributes that are given, as names and values. */
  get_gl_attributes(): [keyof ConfigAttributes, number | boolean][] {
    return Object.entries(this) as [keyof ConfigAttributes, number | boolean][];
  }

  /** Whether a window system has answered this: then a window gets exactly what it says. */
  is_complete(): boolean {
    return false;
  }
}

const NAMES: readonly string[] = [
  ...["double_buffer", "stereo", "buffer_size", "aux_buffers", "sample_buffers", "samples"],
  ...["red_size", "green_size", "blue_size", "alpha_size", "depth_size", "stencil_size"],
  ...["accum_red_size", "accum_green_size", "accum_blue_size", "accum_alpha_size"],
  ...["major_version", "minor_version", "forward_compatible", "debug"],
];

/** There is no configuration that has all of what a template asks for. */
export class NoSuchConfigException extends Error {
  override readonly name = "NoSuchConfigException";
}

/** No context can be made, or there is none where one is needed. */
export class ContextException extends Error {
  override readonly name = "ContextException";
}
