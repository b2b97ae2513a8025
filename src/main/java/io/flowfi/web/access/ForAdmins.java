package io.flowfi.web.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Closes a resource, or one method of it, to all but administrators (contract section 4: the scope
 * {@code admin}, or a key of {@code ADMIN_PUBLIC_KEY}; in open mode everybody is one). Anonymous
 * callers get 401, all others 403.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ForAdmins {}
