import type { ConsumerHandlers } from "../../../generated/consumer/index.js";
import { pause } from "../waiting.js";

export const handlers: ConsumerHandlers = {
  async verifyConsumerDetails({ consumerId }, { fail }) {
    if (consumerId < 50) {
      throw fail("consumerInvalid", { consumerId, reason: `Consumer has incorrect id = ${consumerId}` });
    }
    // These consumers take longer to look up than anybody waits.
    if (consumerId < 60) await pause(7);
  },
};
