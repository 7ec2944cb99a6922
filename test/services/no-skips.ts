/** Under CI a skipped test is a failure: it would prove nothing and look like success. */
import type { Reporter, TestCase } from "vitest/node";

export default class NoSkips implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== "skipped") return;
    process.stderr.write(`skipped, which is a failure here: ${test.fullName}\n`);
    process.exitCode = 1;
  }
}
