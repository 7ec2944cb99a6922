import { WholesourceError } from "../../model/error.ts";
import type { DefinitionResult, Openness, OpennessFormat } from "../../model/openness.ts";
import type { Report } from "../../model/report.ts";
import { renderOpenness } from "../../report/openness-page.ts";
import { checkDefinitions, type JudgedReport, opennessOf } from "../../run/openness.ts";
import { write } from "../output.ts";
import { readReport } from "../report-file.ts";
import { shownHere, withReport } from "../verification.ts";
import { type RunArguments, verifyOnlyOptions } from "../verify-options.ts";

export interface OpennessArguments extends RunArguments {
  readonly report?: string;
  readonly definition?: readonly string[];
  readonly format?: OpennessFormat;
}

type Told = JudgedReport & Pick<Report, "name" | "version" | "manifest" | "timeVerified" | "claims">;

/** `wholesource openness`: what a release may be called, what anybody can do with it, and what says so. */
export async function opennessCommand(argument: string | undefined, options: OpennessArguments): Promise<number> {
  const { definition: only, report: file, format = "text" } = options;
  checkDefinitions(only ?? []);
  if (argument !== undefined && file !== undefined) {
    throw new WholesourceError("usage", "a manifest and `--report` are two things to judge", {
      hint: "give one of them",
    });
  }
  const tell = async (report: Told): Promise<number> => {
    const openness = opennessOf(report);
    const { name, version, manifest, timeVerified, claims } = report;
    const told = { name, version, manifest, timeVerified, openness, only };
    await write(renderOpenness(told, format, shownHere(manifest.uri)));
    return exitCodeOf(openness, only ?? claims);
  };
  return file === undefined
    ? withReport(argument ?? ".", options, verifyOnlyOptions(options), tell)
    : tell(await readReport(file));
}

/** 0 each of them is satisfied · 1 one is not · 3 none fails, and one can not be told. */
function exitCodeOf({ definitions }: Openness, ids: readonly string[]): 0 | 1 | 3 {
  const asked = ids.flatMap((id): readonly DefinitionResult[] => definitions.filter((one) => one.id === id));
  if (asked.some(({ verdict }) => verdict === "not-satisfied")) return 1;
  return asked.some(({ verdict }) => verdict === "undetermined") ? 3 : 0;
}
