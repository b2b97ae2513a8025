package io.flowfi.web.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Opens a resource, or one method of it, to callers who do not say who they are. Not {@code
 * PermitAll} of Jakarta EE: Payara acts on that by itself and asks for its own kind of login.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ForAnybody {}
