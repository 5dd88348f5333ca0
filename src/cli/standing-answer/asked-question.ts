import type { ResolveOptions } from "../../ecosystems/ecosystem.ts";
import type { Settings } from "../../workspace/settings.ts";
import type { CommandContext } from "../command-context.ts";
import { packageVersion } from "../package-version.ts";
import type { AnsweredQuestion } from "./standing-answers.ts";

/** Variables that differ from shell to shell and script to script, and that no ecosystem reads. */
const VOLATILE =
  /^(?:_|SHLVL|PWD|OLDPWD|COLUMNS|LINES|TERM.*|WINDOWID|SSH_.*|npm_(?:lifecycle|package|node|exec|command).*)$/i;

/** What a command asks for, apart from the files that it reads. */
export function askedQuestion(
  { host, projectDirectory }: CommandContext,
  manifests: readonly string[],
  settings: Settings,
  outputs: object,
): AnsweredQuestion {
  const { maxSteps: _steps, maxTimeMs: _time, ...rest } = settings;
  // A cut-off that moves with time is the same question each time.
  const asked = settings.cutOffSpan === undefined ? rest : { ...rest, options: withoutCutOff(settings.options) };
  const environment = Object.entries(host.environment).filter(([name]) => !VOLATILE.test(name));
  environment.sort(([left], [right]) => (left < right ? -1 : 1));
  const question = [packageVersion(), asked, outputs, environment];
  return {
    asker: JSON.stringify([projectDirectory, manifests]),
    question: JSON.stringify(question, (_, value: unknown) => (value instanceof Map ? [...value] : value)),
  };
}

function withoutCutOff(options: ResolveOptions): ResolveOptions {
  const { excludeNewer: _moment, ...others } = options;
  return others;
}
