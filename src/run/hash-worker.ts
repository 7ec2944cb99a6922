/** A worker thread that digests files. */
import { createHashRunner } from "./hash-job.ts";
import { serveLane } from "./lane-serve.ts";

serveLane(createHashRunner({ alwaysSync: true }));
