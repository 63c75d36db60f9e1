Feature: Receiving messages
  Every message a customer sends arrives, once, in order.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: A customer writes
    When Ana writes to the Page "Casa Verde" "Oi! Têm bolo de cenoura? 🥕"
    Then Bia sees "Oi! Têm bolo de cenoura? 🥕" from Ana
    And the conversation with Ana is unread

  Scenario: A customer writes on Instagram
    When Ana writes to the Instagram account "casaverde" "Vi o story de hoje"
    Then Bia sees "Vi o story de hoje" from Ana

  Scenario: The customer's name appears after the message
    When Ana writes to the Page "Casa Verde" "Sou eu"
    Then Bia sees "Sou eu" from Ana
    And a moment later the conversation bears the name of Ana

  Scenario: A photo is kept
    When Ana sends a photo to the Page "Casa Verde"
    Then Bia sees a photo from Ana

  Scenario: Something this version does not understand
    When Meta tells of something new about Ana
    Then Bia sees that something came which cannot be shown yet

  Scenario: Something that concerns nobody in particular
    When Meta tells of something new about the Page
    Then nothing is lost of it
    And Bia sees nothing new

  Scenario: The same webhook twice
    Given Ana wrote to the Page "Casa Verde" "Só uma vez"
    When Meta delivers that message again
    Then Bia sees "Só uma vez" from Ana only once

  Scenario: Messages that arrive in the wrong order
    When Ana's messages "primeiro" and "segundo" arrive the other way round
    Then Bia reads "primeiro" before "segundo"

  Scenario: An answer written in Meta's own app
    Given Ana wrote to the Page "Casa Verde" "Alguém aí?"
    When somebody answers Ana in Meta's own app "Oi, Ana!"
    Then Bia sees the answer "Oi, Ana!" as written in Meta's own app

  Scenario: Reading a conversation
    Given Ana wrote to the Page "Casa Verde" "Oi"
    When Bia marks the conversation with Ana as read
    Then the conversation with Ana is not unread
    And Ana sees that it was read
