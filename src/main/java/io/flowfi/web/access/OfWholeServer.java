package io.flowfi.web.access;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A request about what both ledgers have in common: that changes it, such as what the server logs,
 * or gets all of it, as one file that nothing marks. Whoever tries something out in the sandbox
 * must not change the server that pays: see {@link NotInSandbox}.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface OfWholeServer {}
