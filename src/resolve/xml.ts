/** Small XML replies as trees: strictly well-formed, no entities but XML's own five, nothing fetched, everything counted. */
import { SaxesParser } from "saxes";

/** One element: its text is its own, without that of its children. Names come without their prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Elements inside each other; the replies that we read have five. */
const MAX_DEPTH = 64;
/** Elements of one reply; a page of five thousand entries has a hundred thousand. */
const MAX_ELEMENTS = 500_000;

interface Open {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  text: string;
  readonly children: XmlElement[];
}

/** The root element, or undefined for what is not XML, has a DOCTYPE, or is larger than any honest reply. */
export function parseXml(text: string): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  const refuse = (): never => {
    throw new NotXml();
  };
  parser.on("error", refuse);
  // Whoever declares entities wants them expanded.
  parser.on("doctype", refuse);
  parser.on("opentag", ({ name, attributes }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS || open.length >= MAX_DEPTH) refuse();
    open.push({ name: localName(name), attributes, text: "", children: [] });
  });
  const addText = (more: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof NotXml) return undefined;
    throw error;
  }
  return root;
}

class NotXml extends Error {}

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** The first child of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of this name. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}
