import { outdatedTopics, repartitionTopic } from '../../../../src/core/repartition/names';

it('finds the topics of generations before, and of no other pipeline', () => {
  const topics = [
    repartitionTopic('daily', 5n),
    repartitionTopic('daily', 9n),
    repartitionTopic('daily', 10n),
    repartitionTopic('daily.x', 5n),
    'daily.5.repartition.dead',
    'daily.readings',
  ];
  expect(outdatedTopics(topics, 'daily', 10n)).toEqual(['daily.5.repartition', 'daily.9.repartition']);
});
