import classes from "./door.module.css";

/** Between two ways in. */
export const Or = () => <p className={classes.or}>or</p>;
