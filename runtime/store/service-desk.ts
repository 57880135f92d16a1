/**
 * What a service finds behind its key: the control surface of its workspace, and the answers kept for it.
 */
import type { Control } from '../control.ts';
import { createControl } from './control.ts';
import { type Begun, beginRequest, type KeptAnswer, keepAnswer, releaseRequest } from './idempotency.ts';
import type { Allowance } from './key-allowance.ts';
import { findKey, type ServiceKey } from './service-keys.ts';
import type { Store } from './store.ts';

export type Opened = {
  workspace: string;
  key: ServiceKey;
  /** Whether the key may ask now: this request is counted. */
  allowance: Allowance;
  control: Control;
  answers: {
    begin(id: string, hash: string): Promise<Begun>;
    keep(id: string, hash: string, kept: KeptAnswer): Promise<void>;
    release(id: string, hash: string): Promise<void>;
  };
};

export type ServiceDesk = {
  /** What a token opens; null where it opens nothing. */
  open(token: string): Promise<Opened | null>;
};

/** `skills`: the names that programs may use when they are published. */
export function openServiceDesk(store: Store, skills?: () => Promise<string[] | undefined>): ServiceDesk {
  return {
    async open(token) {
      const found = await findKey(store, token);
      if (found === null) return null;
      const { workspace, key, allowance } = found;
      const its = store.of(workspace);
      const service = key.id;
      return {
        workspace,
        key,
        allowance,
        control: createControl(its, skills === undefined ? {} : { skills }),
        answers: {
          begin: (id, hash) => beginRequest(its, { service, id, hash }),
          keep: (id, hash, kept) => keepAnswer(its, { service, id, hash }, kept),
          release: (id, hash) => releaseRequest(its, { service, id, hash }),
        },
      };
    },
  };
}
