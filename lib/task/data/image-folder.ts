import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { byteImages } from './byte-images.js';
import type { Samples, Wanted } from './dataset.js';
import { type Place, requirePlace, unreadable, within } from './files.js';
import { decodePicture, looksWhole, type Picture } from './picture.js';
import { DataProblem, plural } from './problem.js';
import { resample } from './resample.js';
import { holdout } from './split.js';

/** Decoded images are kept up to this many bytes. */
const kept = 256 * 1024 * 1024;

/** Sets of up to so many files are decoded whole before training, which takes some seconds; of larger ones both ends of each file are looked at, and the rest beside the run. */
const decoded = 5000;

interface Image {
  readonly place: Place;
  readonly label: number;
}

/** A folder with a subfolder a class, whose names in alphabetical order are the classes, as in torchvision's ImageFolder. */
export function imageFolder(folder: Place, share: number, wanted: Wanted, most = decoded): Samples {
  requirePlace(folder, 'folder', 'path');
  const below = subfolders(folder);
  const [trainFolder, testFolder] = [below.includes('train') ? within(folder, 'train') : folder, ['test', 'val', 'valid', 'validation'].find((name) => below.includes('train') && below.includes(name))];
  const left = { count: 0, example: '' };
  const classes = subfolders(trainFolder);
  if (classes.length < 2) throw new DataProblem('data-missing', `${trainFolder.shown} has ${classes.length ? `one subfolder, ${classes[0]}` : 'no subfolders'}; each class is a subfolder of its images, and there are at least two.`, ['path']);
  const train = classes.flatMap((name, label) => imagesOf(within(trainFolder, name), label, left));
  const test = testFolder === undefined ? [] : testImages(within(folder, testFolder), classes, trainFolder, left);
  const split = test.length ? { train: train.length, test: test.length, place: (index: number) => index } : holdout(train.length, share);
  const images = [...train, ...test];
  for (const { place } of images) checkEnds(place);
  const [channels, height, width] = wanted.input as readonly [number, number, number];
  const size = channels * height * width;
  const holds = images.length * size <= kept;
  const ahead = holds && images.length <= most;
  const made = new Map<number, Uint8Array>();
  const sound = new Uint8Array(images.length);
  const pixels = (at: number): Uint8Array => {
    const known = made.get(at);
    if (known) return known;
    const { place, label } = images[at] as Image;
    let filled: Uint8Array;
    try {
      filled = fill(place, channels, height, width);
    } catch (error) {
      // Found late, the file is told with all that one looks for it by.
      throw error instanceof DataProblem && !ahead ? new DataProblem(error.code, `${error.message} Its label is ${label} (${classes[label] ?? ''}).`, error.setting) : error;
    }
    sound[at] = 1;
    if (holds) made.set(at, filled);
    return filled;
  };
  if (ahead) for (const at of images.keys()) pixels(at);
  const notes = left.count ? [`${plural(left.count, 'file')} in ${folder.shown} ${left.count === 1 ? 'is' : 'are'} left out, being neither .png nor .jpg: ${left.example}${left.count > 1 ? ' and others' : ''}.`] : [];
  if (!ahead) notes.push(`${folder.shown} has ${plural(images.length, 'image')}, which are decoded as they are needed: of each, both ends were looked at, and the rest is looked through while the run goes on.`);
  return byteImages(
    {
      train: split.train,
      test: split.test,
      sample: [channels, height, width],
      pixels: (index) => pixels(split.place(index)),
      ...(!ahead && { check: (index: number) => void (sound[split.place(index)] || pixels(split.place(index))) }),
      name: (index) => (images[split.place(index)] as Image).place.shown,
      label: (index) => (images[split.place(index)] as Image).label,
      notes: [`Classes of ${folder.shown}: ${classes.slice(0, 12).map((name, label) => `${label} ${name}`).join(', ')}${classes.length > 12 ? ` and ${classes.length - 12} more` : ''}.`, ...notes],
    },
    wanted,
  );
}

function testImages(folder: Place, classes: readonly string[], train: Place, left: { count: number; example: string }): readonly Image[] {
  const names = subfolders(folder);
  const unknown = names.find((name) => !classes.includes(name));
  if (unknown !== undefined) throw new DataProblem('data-labels', `${folder.shown} has the class ${unknown}, which ${train.shown} has not (${classes.slice(0, 12).join(', ')}).`, ['path']);
  return names.flatMap((name) => imagesOf(within(folder, name), classes.indexOf(name), left));
}

/** By code units, as Python sorts. */
const subfolders = ({ absolute }: Place): readonly string[] =>
  readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || (entry.isSymbolicLink() && statSync(path.join(absolute, entry.name), { throwIfNoEntry: false })?.isDirectory())))
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));

function imagesOf(folder: Place, label: number, left: { count: number; example: string }): readonly Image[] {
  const found: Image[] = [];
  const visit = (place: Place): void => {
    for (const name of readdirSync(place.absolute).filter((each) => !each.startsWith('.')).sort((a, b) => (a < b ? -1 : 1))) {
      const each = within(place, name);
      if (statSync(each.absolute, { throwIfNoEntry: false })?.isDirectory()) continue;
      if (/\.(png|jpe?g)$/i.test(name)) found.push({ place: each, label });
      else if (left.count++ === 0) left.example = each.shown;
    }
    for (const name of subfolders(place)) visit(within(place, name));
  };
  visit(folder);
  if (!found.length) throw new DataProblem('data-missing', `${folder.shown} has no .png or .jpg files; every class needs at least one.`, ['path']);
  return found;
}

/** Reads 16 bytes at the start and 64 at the end, so that a cut file of a large set is found before training. */
function checkEnds({ shown, absolute }: Place): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(absolute, 'r');
    const { size } = fstatSync(descriptor);
    const [start, end] = [Buffer.alloc(Math.min(16, size)), Buffer.alloc(Math.min(64, size))];
    readSync(descriptor, start, 0, start.length, 0);
    readSync(descriptor, end, 0, end.length, size - end.length);
    const wrong = looksWhole(start, end);
    if (wrong !== undefined) throw new DataProblem('data-corrupt', `${shown} (${plural(size, 'byte')}): ${wrong}.`, ['path']);
  } catch (error) {
    throw error instanceof DataProblem ? error : unreadable(shown, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Decoded, resized to the input and with its number of channels; channels first. */
function fill({ shown, absolute }: Place, channels: number, height: number, width: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(absolute);
  } catch (error) {
    throw unreadable(shown, error);
  }
  const picture = decodePicture(bytes);
  if (typeof picture === 'string') throw new DataProblem('data-corrupt', `${shown} (${plural(bytes.length, 'byte')}): ${picture}.`, ['path']);
  const data = resample(withChannels(picture, channels), picture.width, picture.height, channels, width, height);
  const result = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) result[c * width * height + i] = data[i * channels + c] as number;
  return result;
}

/** Grey from colours by ITU-R 601-2 in Pillow's integers; colours from grey by repetition. */
export function withChannels({ data, channels }: Picture, wanted: number): Uint8Array {
  if (channels === wanted) return data;
  if (wanted === 1) return Uint8Array.from({ length: data.length / 3 }, (_, i) => ((data[3 * i] as number) * 19595 + (data[3 * i + 1] as number) * 38470 + (data[3 * i + 2] as number) * 7471 + 0x8000) >> 16);
  const result = new Uint8Array(data.length * wanted);
  for (let i = 0; i < result.length; i++) result[i] = data[Math.floor(i / wanted)] as number;
  return result;
}
