/** A repository that several readers share: every page, and every file's metadata, is asked for once. */
import type { IndexFile } from "./index-file.ts";
import type { ProjectPage, Repository } from "./repository.ts";

/** The same repository, with what was read kept for the next reader. */
export function sharedRepository(repository: Repository): Repository {
  return {
    name: repository.name,
    url: repository.url,
    project: once(
      (name: string) => name,
      async (name) => {
        const page = await repository.project(name);
        return page === undefined ? undefined : sharedPage(page);
      },
    ),
  };
}

/** A page whose files are read once. */
function sharedPage(page: ProjectPage): ProjectPage {
  return {
    ...page,
    readMetadata: once(nameOf, async (file) => await page.readMetadata(file)),
    readSource: once(nameOf, async (file) => await page.readSource(file)),
  };
}

function nameOf(file: IndexFile): string {
  return file.fileName;
}

function once<Key, Value>(
  textOf: (key: Key) => string,
  read: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const known = new Map<string, Promise<Value>>();
  return (key) => {
    let value = known.get(textOf(key));
    if (value === undefined) {
      value = read(key);
      known.set(textOf(key), value);
    }
    return value;
  };
}
