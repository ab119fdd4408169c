import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset, type Wanted } from '../../../lib/task/data/dataset.js';
import { imageFolder, withChannels } from '../../../lib/task/data/image-folder.js';
import { loadJpegDecoder } from '../../../lib/task/data/jpeg.js';
import { decodePicture } from '../../../lib/task/data/picture.js';
import { resample } from '../../../lib/task/data/resample.js';
import { bytesOf, copyOf, expected, files, images, problemIn, range, scaledOf } from './expected.js';

const small = images([3, 6, 8], 3);
const open = (folder: string, wanted: Wanted = small, home = files, share = 0.2) =>
  openDataset({ dataset: 'images', data: { path: folder, test_share: share }, batch_size: 2, seed: 0 }, wanted, false, { home, images: imageFolder });

beforeAll(loadJpegDecoder);

describe('PNG and JPEG files', () => {
  it.each(Object.keys(expected.pictures))('%s is decoded and resized byte for byte as Pillow does it', (name) => {
    const picture = decodePicture(readFileSync(path.join(files, 'pictures', name)));
    if (typeof picture === 'string') throw new Error(picture);
    for (const [form, wanted] of Object.entries(expected.pictures[name] as Readonly<Record<string, string>>)) {
      const [mode, width, height] = form.split(/[ x]/) as [string, string, string];
      const channels = mode === 'L' ? 1 : 3;
      const data = resample(withChannels(picture, channels), picture.width, picture.height, channels, Number(width), Number(height));
      const plane = Number(width) * Number(height);
      const channelsFirst = Uint8Array.from({ length: data.length }, (_, i) => data[(i % plane) * channels + Math.floor(i / plane)] as number);
      expect(Buffer.from(channelsFirst).equals(Buffer.from(bytesOf(wanted))), `${name} as ${form}`).toBe(true);
    }
  });

  it('in CMYK, damaged or of another kind are refused with the reason', () => {
    const read = (name: string): Buffer => readFileSync(path.join(files, 'pictures', name));
    expect(decodePicture(read('cmyk.jpg'))).toBe('it cannot be decoded: its colours are CMYK; save it as RGB');
    expect(decodePicture(Buffer.from('GIF89a'))).toContain('47 49 46 38');
    expect(decodePicture(Buffer.alloc(0))).toBe('it is empty');
    expect(decodePicture(read('full.jpg').subarray(0, -40))).toContain('without the marker FF D9');
    expect(decodePicture(read('full.jpg').subarray(0, 100))).toContain('before its image');
    const png = read('rgb.png');
    expect(decodePicture(png.subarray(0, 900))).toMatch(/^it cannot be decoded: /);
    png[200]! ^= 255;
    expect(decodePicture(png)).toContain('CRC');
  });

  it('that were damaged at random places never throw', () => {
    for (const name of ['rgb.png', 'palette-4bit.png', 'full.jpg', 'progressive.jpg']) {
      const whole = readFileSync(path.join(files, 'pictures', name));
      for (let at = 0; at < whole.length; at += 7) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << at % 8;
        decodePicture(bytes);
      }
    }
    expect(typeof decodePicture(readFileSync(path.join(files, 'pictures/full.jpg')))).toBe('object');
  });
});

describe('folders of images', () => {
  it('with train/ and val/ are read as Pillow reads them; subfolders by name are the classes', () => {
    const { samples, notes } = open('folders/split');
    expect([samples.train, samples.test]).toEqual([9, 6]);
    expect(notes).toEqual(['Classes of folders/split: 0 cat, 1 dog, 2 emu.']);
    const [train, test] = [samples.batch(range(0, 9)), samples.batch(range(9, 15))];
    expect(train.inputs[0]).toEqual({ shape: [9, 3, 6, 8], data: scaledOf(expected.folders.train.images) });
    expect([...train.target.data]).toEqual(expected.folders.train.labels);
    expect(test.inputs[0]?.data).toEqual(scaledOf(expected.folders.val.images));
    expect([...test.target.data]).toEqual(expected.folders.val.labels);
  });

  it('without them keep a share of the images for the tests', () => {
    const { samples } = open('folders/flat');
    expect([samples.train, samples.test]).toEqual([12, 3]);
  });

  it('leave out other files, and say so', () => {
    const home = copyOf('folders');
    writeFileSync(path.join(home, 'folders/split/train/cat/notes.txt'), 'x');
    expect(open('folders/split', small, home).notes[1]).toBe('1 file in folders/split is left out, being neither .png nor .jpg: folders/split/train/cat/notes.txt.');
  });

  it('with a cut image, an empty class, one class or an unknown one are told by name', () => {
    const home = copyOf('folders');
    const opened = (wanted: Wanted = small) => problemIn(() => open('folders/split', wanted, home));
    const at = (name: string): string => path.join(home, 'folders/split', name);
    expect(opened(images([3, 6, 8], 2))).toMatchObject({ code: 'data-labels', message: "Label 2 at folders/split/train/emu/0.jpg: the network's output has scores for 2 classes, 0 to 1." });
    renameSync(at('val/emu'), at('val/yak'));
    expect(opened()).toMatchObject({ code: 'data-labels', setting: ['path'], message: 'folders/split/val has the class yak, which folders/split/train has not (cat, dog, emu).' });
    renameSync(at('val/yak'), at('val/emu'));
    truncateSync(at('train/dog/0.jpg'), 400);
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: 'folders/split/train/dog/0.jpg (400 bytes): it ends without the marker FF D9: it was cut.' });
    writeFileSync(at('train/dog/0.jpg'), '');
    expect(opened()).toMatchObject({ code: 'data-corrupt', message: 'folders/split/train/dog/0.jpg (0 bytes): it is empty.' });
    rmSync(at('train/dog'), { recursive: true });
    mkdirSync(at('train/dog'));
    expect(opened()).toMatchObject({ code: 'data-missing', message: 'folders/split/train/dog has no .png or .jpg files; every class needs at least one.' });
    rmSync(at('train/dog'), { recursive: true });
    rmSync(at('train/emu'), { recursive: true });
    expect(opened()).toMatchObject({ code: 'data-missing', message: expect.stringContaining('one subfolder, cat') });
  });
});
