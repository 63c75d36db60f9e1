Feature: What was said before, and what was missed
  Meta never sends a lost webhook again; what was said is read back, once.

  Background:
    Given Bia works at the shop "Casa Verde"

  Rule: The first import shows earlier conversations

    Scenario: Conversations from before the account was connected
      Given Ana wrote to the Page "Casa Verde" "Vocês entregam?" 3000 minutes ago
      And somebody answered Ana in Meta's own app "Entregamos sim!" 2990 minutes ago
      When Bia connects her accounts
      Then Bia sees "Vocês entregam?" from Ana
      And Bia sees the answer "Entregamos sim!" as written in Meta's own app
      And the conversation with Ana is not unread
      And nobody was notified of a message

    Scenario: The contact's name comes with the conversation
      Given Ana wrote to the Instagram account "casaverde" "Amei o bolo" 3000 minutes ago
      When Bia connects her accounts
      Then Bia sees "Amei o bolo" from Ana
      And a moment later the conversation bears the name of Ana

  Rule: What webhooks did not bring is found

    Scenario: Written while the service was away
      Given Bia connected her accounts
      And Meta's webhooks do not reach us any more
      And Ana wrote to the Page "Casa Verde" "Tem alguém aí?" 10 minutes ago
      When the service is back
      Then Bia sees "Tem alguém aí?" from Ana
      And the conversation with Ana is unread

    Scenario: Nothing comes twice
      Given Bia connected her accounts
      And Ana wrote to the Page "Casa Verde" "Só uma vez" 10 minutes ago
      And Bia answered Ana "Uma vez basta"
      When everything is read back
      Then Bia sees "Só uma vez" from Ana only once
      And Bia sees her answer "Uma vez basta" only once

    Scenario: An account that needs a new login
      Given Bia connected her accounts
      And Meta's webhooks do not reach us any more
      And the Page "Casa Verde" needs a new login
      And Ana wrote to the Page "Casa Verde" "Ainda estão aí?" 10 minutes ago
      When Bia connects her accounts
      Then Bia sees "Ainda estão aí?" from Ana
      And the conversation with Ana is unread
