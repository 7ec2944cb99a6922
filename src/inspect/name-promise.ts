/** What a file's name lets one expect of its bytes. */
export interface NamePromise {
  /** `markup` may be HTML; `binary` may not be read by a text editor; `unknown` promises nothing. */
  readonly kind: "binary" | "text" | "markup" | "unknown";
  /** Format ids, one of which the bytes should have. */
  readonly formats?: readonly string[];
  /** True when each of those formats begins with a mark that we know, so that its absence means something. */
  readonly certain?: boolean;
}

const unknown: NamePromise = { kind: "unknown" };

/** Endings of which every file begins with a known mark. */
const certain: { readonly [format: string]: string } = {
  gzip: "gz tgz",
  tar: "tar",
  zip: "zip npz whl jar docx xlsx pptx keras",
  safetensors: "safetensors",
  gguf: "gguf",
  parquet: "parquet",
  npy: "npy",
  pdf: "pdf",
  png: "png",
  jpeg: "jpg jpeg",
  gif: "gif",
  webp: "webp",
  hdf5: "h5 hdf5",
  xz: "xz txz",
  zstd: "zst tzst",
  bzip2: "bz2 tbz2",
  "7z": "7z",
  rar: "rar",
  sqlite: "sqlite sqlite3",
  wav: "wav",
  flac: "flac",
  avro: "avro",
};

const others: readonly (readonly [string, NamePromise])[] = [
  // A PyTorch file is a zip, before 1.6 a pickle, before 0.1.10 a tar. `.pt` is also a text in Portuguese, `.pth` a list
  // of paths for Python.
  ["pt ptl", { kind: "binary", formats: ["zip", "pickle", "tar"] }],
  ["pth", { kind: "binary" }],
  ["feather", { kind: "binary", formats: ["arrow", "feather"], certain: true }],
  // Old arrow streams begin with a bare length.
  ["arrow", { kind: "binary", formats: ["arrow", "arrow-stream", "feather"] }],
  // Formats whose beginning proves little: only a known other format is a surprise.
  ["onnx mp3 tflite", { kind: "binary", formats: ["onnx", "mp3", "tflite"] }],
  ["mp4 m4a mov", { kind: "binary", formats: ["mp4"] }],
  ["ogg oga opus", { kind: "binary", formats: ["ogg"] }],
  [
    "bin ckpt model pkl pickle joblib msgpack pb pdparams pdiparams mlmodel ggml ggjt tfrecord tfrecords index mat rds so dll dylib dat",
    { kind: "binary" },
  ],
  [
    "html htm xhtml shtml mht mhtml md mdx markdown mkd rst xml xsl xslt svg rss atom vue svelte astro hbs handlebars ejs " +
      "njk php phtml jsp asp aspx cshtml erb haml pug tmpl tpl template liquid mustache j2 jinja jinja2 twig ftl hta htc " +
      "ipynb snap eml warc wsdl tt xaml jspx",
    { kind: "markup" },
  ],
  [
    "json jsonl ndjson yaml yml toml csv tsv txt py ipy js mjs cjs ts mts cts tsx jsx c h cc cpp hpp cu cuh rs go java rb " +
      "sh bash ini cfg conf css scss less sql tex bib cff lock map license",
    { kind: "text" },
  ],
];

const table: ReadonlyMap<string, NamePromise> = new Map([
  ...Object.entries(certain).flatMap(([format, endings]) =>
    endings.split(" ").map((ending) => [ending, { kind: "binary", formats: [format], certain: true }] as const),
  ),
  ...others.flatMap(([endings, promise]) => endings.split(" ").map((ending) => [ending, promise] as const)),
]);

/** Reads the promise off the name's ending. */
export function promiseOf(path: string): NamePromise {
  const dot = path.lastIndexOf(".");
  // A leading dot is no ending, and a slash behind the dot makes it a folder's.
  if (dot < 1 || path.length - dot > maxEndingLength || path.indexOf("/", dot) >= 0) return unknown;
  return table.get(path.slice(dot + 1).toLowerCase()) ?? unknown;
}

const maxEndingLength = 16;

/** The promise that somebody made who knows the format. */
export function promiseOfFormat(format: string): NamePromise {
  return { kind: "binary", formats: [format], certain: Object.hasOwn(certain, format) };
}

/** The endings whose promise names a format, for the tests of the registry. */
export const promisedFormats: readonly string[] = [
  ...new Set([...table.values()].flatMap(({ formats }) => formats ?? [])),
].sort();
