/**
 * What a container with MicroProfile Health tells about the node at addresses of its own. Not
 * looked at elsewhere, see {@code beans.xml}: the types it needs are the container's.
 */
package io.flowfi.app.health;
