import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import createDecoder, { type MozJPEGModule } from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { packageFolder } from '../package-folder.js';
import type { Picture } from './picture.js';

/** What is used of WebAssembly, whose types come with the DOM's. */
interface Instance {
  readonly exports: object;
}
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object; readonly Instance: new (module: object, imports: object) => Instance };

let decoder: MozJPEGModule | undefined;

/** Loads the decoder: mozjpeg, which gives the same bytes as libjpeg-turbo and so as Pillow. Called before the first image, since it loads asynchronously. */
export async function loadJpegDecoder(): Promise<void> {
  if (decoder) return;
  const compiled = new WebAssembly.Module(readFileSync(decoderFile()));
  decoder = await createDecoder({
    noInitialRun: true,
    // What it has to say about a file is said by us.
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm(imports: object, done: (instance: Instance) => void) {
      const instance = new WebAssembly.Instance(compiled, imports);
      done(instance);
      return instance.exports;
    },
  });
}

/** Beside the bundle, else in node_modules. */
function decoderFile(): string {
  const beside = path.join(__dirname, 'mozjpeg_dec.wasm');
  return existsSync(beside) ? beside : path.join(packageFolder(), 'node_modules', '@jsquash', 'jpeg', 'codec', 'dec', 'mozjpeg_dec.wasm');
}

/** Throws where the file is damaged. */
export function decodeJpeg(bytes: Uint8Array): Picture {
  if (!decoder) throw new Error('the JPEG decoder is not loaded');
  const components = componentsOf(bytes);
  let image: { readonly width: number; readonly height: number; readonly data: ArrayLike<number> };
  try {
    image = decoder.decode(bytes, false) as typeof image;
  } catch {
    throw new Error('its data are damaged');
  }
  const { width, height, data } = image;
  const channels = components === 1 ? 1 : 3;
  const result = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) result[i * channels + c] = data[4 * i + c] as number;
  return { width, height, channels, data: result };
}

/**
 * Walks the markers up to the scan and looks for the end mark: libjpeg itself fills what is missing with grey and says nothing. Answers the number of
 * components of the frame.
 */
function componentsOf(bytes: Uint8Array): number {
  let at = 2;
  let components: number | undefined;
  for (;;) {
    if (at + 4 > bytes.length) throw new Error(`it ends at byte ${bytes.length}, before its image`);
    if (bytes[at] !== 0xff) throw new Error(`there is no marker at byte ${at}`);
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    // Start of frame: all of C0 to CF but the tables C4, C8 and CC.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) components = bytes[at + 9];
    if (marker === 0xda) break;
    at += 2 + length;
  }
  if (components !== 1 && components !== 3) throw new Error(components === 4 ? 'its colours are CMYK; save it as RGB' : 'it has no frame');
  for (let end = bytes.length - 2; end > at; end--) if (bytes[end] === 0xff && bytes[end + 1] === 0xd9) return components;
  throw new Error(`it ends at byte ${bytes.length} without the marker FF D9: it was cut`);
}
