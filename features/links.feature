Feature: Coming by a link
  A link in the shop's CRM opens one conversation, without going through the list.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: A link to a customer
    Given Ana wrote to the Page "Casa Verde" "Oi"
    When Bia opens the link to the conversation with Ana
    Then she sees the conversation with Ana as the list shows it

  Scenario: A link to a customer who has not written yet
    When Bia opens the link to the conversation with Caio, who never wrote
    Then she sees a conversation in which nothing was said, and cannot answer

  Scenario: A link that fell into the wrong hands
    Given Otto works at another shop
    And Ana wrote to the Page "Casa Verde" "Oi"
    When Otto opens the link to the conversation with Ana
    Then he is told that there is no such account
