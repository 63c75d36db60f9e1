import styles from "./unseen.module.css";

/** The class of what screen readers read out and nobody sees. */
export const unseen = styles.unseen;
