import { openSqlite, type SqliteDatabase } from "@sagaspec/runtime/sqlite";

/** Where a process dies: at its `commit`-th transaction, with the transaction lost or with it durable and nobody told. */
export interface Death {
  readonly commit: number;
  readonly when: "before" | "after";
}

/** A database whose process kills itself. `commits` counts the transactions so far. */
export function openMortalDatabase(path: string, death: Death | undefined): SqliteDatabase & { commits(): number } {
  const database = openSqlite(path);
  let commits = 0;
  const die = (when: Death["when"]) => {
    if (death?.when === when && death.commit === commits) process.kill(process.pid, "SIGKILL");
  };
  return {
    commits: () => commits,
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
    exec(sql) {
      if (sql !== "commit") return database.exec(sql);
      commits += 1;
      die("before");
      database.exec(sql);
      die("after");
    },
  };
}
