/** The face of `ctypes-pyglet/media`: sounds and films. */
export { add_decoders, get_decoders } from "./media/codecs/decoders.ts";
export { add_encoders, get_encoders } from "./media/codecs/encoders.ts";
export { WaveDecoder, WaveSource } from "./media/codecs/wave.ts";
export { WaveEncoder } from "./media/codecs/wavewriter.ts";
export type { Decoder, Encoder, FrameImage, Input, Playable } from "./media/contract.ts";
export { delete_audio_driver, get_audio_driver } from "./media/drivers/choose.ts";
export {
  AbstractAudioDriver,
  AbstractAudioPlayer,
  AbstractListener,
  type Attributes,
  type Vector,
} from "./media/drivers/driver.ts";
export { LoopbackDriver, OpenALDriver } from "./media/drivers/openal/driver.ts";
export { SilentDriver } from "./media/drivers/silent.ts";
export {
  CannotSeekException,
  MediaDecodeException,
  MediaEncodeException,
  MediaException,
  MediaFormatException,
} from "./media/exceptions.ts";
export { FFmpegDecoder, FFmpegSource } from "./media/ffmpeg/film.ts";
export { have_ffmpeg } from "./media/ffmpeg/native.ts";
export { AudioData, AudioFormat, MediaEvent, SourceInfo, VideoFormat } from "./media/format.ts";
export { SourceGroup } from "./media/group.ts";
export { load } from "./media/load.ts";
export { Player } from "./media/player.ts";
export { PlayerGroup } from "./media/playergroup.ts";
export { Source, StaticMemorySource, StaticSource, StreamingSource } from "./media/source.ts";
export * as synthesis from "./media/synthesis/face.ts";
export { options } from "./options.ts";
