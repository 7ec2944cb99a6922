/**
 * Trains a softmax regression on the iris measurements and writes it as a safetensors file.
 *
 *   node train.mjs <iris.json> <folder to write to>
 *
 * The same data give the same bytes on every machine: the random numbers are seeded, and the arithmetic is only
 * + - * / and square root, which IEEE 754 rounds exactly (Math.exp and Math.log may differ between engines).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const seed = 20;
const epochs = 200;
const batchSize = 8;
const learningRate = 0.1;
const weightDecay = 0.001;
const heldOut = 30;
const features = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"];
const classes = ["setosa", "versicolor", "virginica"];

/** A linear congruential generator modulo 2^32: numbers in [0, 1). */
function generator(start) {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Fisher-Yates, on a copy. */
function shuffled(items, random) {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

/** e^x: halved until it is small, summed as a series, squared as often as it was halved. */
function exp(x) {
  let small = x;
  let halvings = 0;
  while (small > 0.5 || small < -0.5) {
    small /= 2;
    halvings++;
  }
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 16; n++) {
    term = (term * small) / n;
    sum += term;
  }
  for (; halvings > 0; halvings--) sum *= sum;
  return sum;
}

/** The probability of each class. */
function predict(model, x) {
  const scores = model.weight.map((row, k) => row.reduce((sum, w, j) => sum + w * x[j], model.bias[k]));
  const top = Math.max(...scores);
  const raised = scores.map((score) => exp(score - top));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / total);
}

/** The mean and the standard deviation of each column. */
function spread(rows) {
  const mean = features.map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const scale = features.map((_, j) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[j] - mean[j]) * (row[j] - mean[j]), 0) / rows.length),
  );
  return { mean, scale };
}

function train(samples) {
  const random = generator(seed);
  const mixed = shuffled(samples, random);
  const [test, training] = [mixed.slice(0, heldOut), mixed.slice(heldOut)];
  const { mean, scale } = spread(training.map((sample) => sample.x));
  const standard = ({ x, y }) => ({ x: x.map((value, j) => (value - mean[j]) / scale[j]), y });
  const model = { weight: classes.map(() => features.map(() => (random() - 0.5) / 5)), bias: classes.map(() => 0) };

  const ready = training.map(standard);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(ready, random);
    for (let from = 0; from < order.length; from += batchSize) {
      const batch = order.slice(from, from + batchSize);
      const errors = batch.map(({ x, y }) => predict(model, x).map((p, k) => (k === y ? p - 1 : p)));
      for (const k of classes.keys()) {
        for (const j of features.keys()) {
          const gradient = batch.reduce((sum, { x }, i) => sum + errors[i][k] * x[j], 0) / batch.length;
          model.weight[k][j] -= learningRate * (gradient + weightDecay * model.weight[k][j]);
        }
        model.bias[k] -= (learningRate * errors.reduce((sum, error) => sum + error[k], 0)) / batch.length;
      }
    }
  }

  const right = test.map(standard).filter(({ x, y }) => {
    const p = predict(model, x);
    return p.every((value) => value <= p[y]);
  }).length;
  return { ...model, mean, scale, right };
}

/** safetensors: the header's length as 8 bytes little-endian, the header as JSON, then the numbers. */
function safetensors(tensors) {
  const header = {};
  const parts = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const part = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => {
      part.writeFloatLE(value, index * 4);
    });
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + part.length] };
    offset += part.length;
    parts.push(part);
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8, " "));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

const [dataFile, folder] = process.argv.slice(2);
if (dataFile === undefined || folder === undefined) {
  console.error("usage: node train.mjs <iris.json> <folder to write to>");
  process.exit(2);
}
const samples = JSON.parse(readFileSync(dataFile, "utf8")).map((row) => ({
  x: row.slice(0, features.length),
  y: classes.indexOf(row[features.length]),
}));
const model = train(samples);
const config = {
  architecture: "softmax-regression",
  features,
  classes,
  input: "(measurement - mean) / scale",
  training: { samples: samples.length - heldOut, seed, epochs, batchSize, learningRate, weightDecay },
  heldOut: { samples: heldOut, right: model.right },
};
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
writeFileSync(
  join(folder, "model.safetensors"),
  safetensors({
    bias: { shape: [classes.length], values: model.bias },
    mean: { shape: [features.length], values: model.mean },
    scale: { shape: [features.length], values: model.scale },
    weight: { shape: [classes.length, features.length], values: model.weight.flat() },
  }),
);
console.log(`${model.right} of ${heldOut} held-out samples right`);
