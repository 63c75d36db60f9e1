Feature: More than answering
  Bia shows that she is typing, reacts, shares conversations with other apps and greets whoever comes.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: Small signs reach Ana as long as she may be answered

    Scenario: Ana sees that Bia is typing
      Given Ana wrote to the Instagram account "casaverde" "Tem vasos?"
      When Bia begins to type
      Then Ana sees that somebody is typing

    Scenario: Bia stops typing
      Given Ana wrote to the Page "Casa Verde" "Tem vasos?"
      And Bia began to type
      When Bia stops typing
      Then Ana no longer sees that somebody is typing

    Scenario: Typing while Meta is down
      Given Ana wrote to the Page "Casa Verde" "Tem vasos?"
      And Meta is down
      When Bia begins to type
      Then nothing is refused

    Scenario: Typing a day too late
      Given Ana wrote to the Page "Casa Verde" "Tem vasos?" 25 hours ago
      When Bia begins to type
      Then it is refused because the window is closed
      And Ana no longer sees that somebody is typing

    Scenario Outline: Bia reacts
      Given Ana wrote to the <kind> "<account>" "Chegou, obrigada!"
      When Bia reacts to it with "love"
      Then Ana sees the reaction "❤️" of the shop
      And Bia sees the reaction "love" of the shop

      Examples:
        | kind              | account    |
        | Page              | Casa Verde |
        | Instagram account | casaverde  |

    Scenario: Bia takes her reaction back
      Given Ana wrote to the Page "Casa Verde" "Chegou, obrigada!"
      And Bia reacted to it with "wow"
      When Bia takes her reaction back
      Then Ana sees no reaction of the shop
      And Bia sees no reaction of the shop

    Scenario: Instagram knows one reaction of a shop's
      Given Ana wrote to the Instagram account "casaverde" "Chegou, obrigada!"
      When Bia reacts to it with "wow"
      Then it is refused because there is no such thing there
      And Ana sees no reaction of the shop

  Rule: A conversation is answered by one app at a time

    Scenario: Bia leaves Ana to a colleague in the Instagram app
      Given Ana wrote to the Instagram account "casaverde" "Quero falar com o dono"
      When Bia hands the conversation to the Instagram app
      Then the Instagram app has the conversation with Ana

    Scenario: Bia takes Ana back
      Given Ana wrote to the Instagram account "casaverde" "Quero falar com o dono"
      And Bia handed the conversation to the Instagram app
      When Bia takes the conversation back
      Then Bia has the conversation with Ana

    Scenario: Answering what another app has
      Given Ana wrote to the Instagram account "casaverde" "Quero falar com o dono"
      And Bia handed the conversation to the Instagram app
      When Bia answers Ana "Um momento"
      Then the answer is refused because another app has the conversation
      And Ana receives nothing

  Rule: Whoever comes is shown what they may ask

    Scenario: Setting ice breakers
      When Bia offers the question "Onde fica a loja?" on Instagram
      Then people who come to the Instagram account are offered "Onde fica a loja?"
      And Bia sees that "Onde fica a loja?" is offered there

    Scenario: Taking ice breakers away
      Given Bia offered the question "Onde fica a loja?" on Instagram
      When Bia offers no question on Instagram
      Then people who come to the Instagram account are offered nothing
