/** What a part says of its own condition. Uses nothing of ours. */
package io.flowfi.health;
