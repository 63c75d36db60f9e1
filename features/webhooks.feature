Feature: What Meta's webhooks may do
  Only Meta may tell us what happened, and only we may receive it.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: The verify handshake
    When Meta asks whether this is our address
    Then we answer with Meta's challenge

  Scenario: A handshake with the wrong token
    When somebody asks with another verify token
    Then that is refused

  Scenario: A forged signature
    When somebody who does not know our secret says that Ana wrote "Mudem meu endereço"
    Then that is refused
    And Bia sees nothing new

  Scenario: A message for an account that nobody connected yet
    Given Bia disconnected the Page "Casa Verde"
    And Ana wrote to the Page "Casa Verde" "Ainda estão aí?"
    When Bia connects her accounts
    Then Bia sees "Ainda estão aí?" from Ana
