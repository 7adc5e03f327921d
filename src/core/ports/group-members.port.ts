/** What can be done to members of consumer groups from outside. */
export interface GroupMembers {
  /**
   * Takes every member of the process out of the groups, so that they rebalance now and not at the end of the session
   * time-out. Does nothing where the process has no member. Throws TransientError.
   */
  expel(groups: readonly string[], process: string): Promise<number>;
}
