/** The licences of the packages whose code is inside the bundle, as one text. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

const licenceFile = /^(licen[cs]e|copying|notice|copyright)/i;
const inPackages = `${sep}node_modules${sep}`;
const rule = "-".repeat(80);

/** The folder of the package that a module belongs to, or undefined for our own. */
function packageOf(module) {
  if (!module.includes(inPackages)) return undefined;
  for (let folder = dirname(module); folder.includes(inPackages); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    // Inner package.json files that only say "type": "module" have no name.
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).version !== undefined) return folder;
  }
  return undefined;
}

/** One entry: who it is, under which licence, and its own licence files word for word. */
function entry(folder) {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const author = typeof about.author === "string" ? about.author : about.author?.name;
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && licenceFile.test(file.name))
    .map((file) => file.name)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").trim());
  const lines = [
    `${about.name} ${about.version}`,
    `License: ${about.license}`,
    ...(author === undefined ? [] : [`Author: ${author}`]),
    ...(about.homepage === undefined ? [] : [`Homepage: ${about.homepage}`]),
    "",
    ...(texts.length > 0 ? texts : ["(The package carries no licence file.)"]),
  ];
  return lines.join("\n");
}

export function thirdPartyLicenses(modules) {
  const folders = [...new Set(modules.map(packageOf))].filter((folder) => folder !== undefined).sort();
  const head = "wholesource contains code of the packages below, each under its own licence.";
  return `${[head, ...folders.map(entry)].join(`\n\n${rule}\n\n`)}\n`;
}
